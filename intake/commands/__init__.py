"""What an operator can run: one module a command."""
