"""Commands for keys."""
