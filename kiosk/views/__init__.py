"""What screens are shown and may ask: frozen values and Protocols."""
