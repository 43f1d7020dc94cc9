"""A whole exam without a screen, across the real borders, that ends in a list of discrepancies or none."""
