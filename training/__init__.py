"""Labelled messages become a model bundle and a report."""
