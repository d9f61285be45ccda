"""The HTTP doors: one module a channel, each as thin as its provider allows."""
