"""The front door: one module per audience, loaded only when called."""
