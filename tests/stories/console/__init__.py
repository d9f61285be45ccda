"""Whole pieces of work at the console, through the HTTP door."""
