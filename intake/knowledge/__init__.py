"""The knowledge base in use: articles and facts, read, checked and counted."""
