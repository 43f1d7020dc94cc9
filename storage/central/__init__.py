"""What central keeps of bundles: on arrival as bytes, once opened as the rows of a sitting."""
