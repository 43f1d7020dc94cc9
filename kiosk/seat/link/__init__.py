"""The seat's end of its hub: one line that comes back by itself, the copies it sends, and what it is told."""
