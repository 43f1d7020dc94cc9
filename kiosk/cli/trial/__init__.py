"""Commands that try the whole program."""
