"""The central intake and its scoring worker, on the office database."""
