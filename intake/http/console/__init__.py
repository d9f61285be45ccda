"""The agents' console over HTTP."""
