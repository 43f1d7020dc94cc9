"""Commands for sealed sittings on their way."""
