"""Translations for staff and residents: engines, memory, and what is stored."""
