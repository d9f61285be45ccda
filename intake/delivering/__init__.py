"""Effects are carried out: the engine, the receivers, and what happens when one fails."""
