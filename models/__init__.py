"""A normalized message becomes an understanding, with calibrated probabilities."""
