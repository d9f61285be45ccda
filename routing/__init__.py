"""An understanding and the known facts become a decision, with reasons."""
