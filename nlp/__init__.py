"""Text becomes a normalized message: language, clean text, commands, emergencies, places, personal data."""
