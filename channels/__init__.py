"""A provider's payload becomes our message, and our reply becomes the provider's answer."""
