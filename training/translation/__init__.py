"""Parallel messages become a small translation model of the city's own domain: an experiment, with its measure."""
