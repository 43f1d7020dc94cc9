"""Commands of the central office."""
