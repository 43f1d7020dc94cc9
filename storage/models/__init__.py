"""The tables, filed by noun."""
