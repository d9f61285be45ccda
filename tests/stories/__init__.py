"""Whole talks through the HTTP door, in every language."""
