"""What becomes of cases: their changes, their history, their news, and what is known of them already."""
