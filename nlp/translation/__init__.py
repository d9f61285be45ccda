"""A text in one language becomes a text in another, by whatever engine a city has: its port, one engine, and what guards it."""
