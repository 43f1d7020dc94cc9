"""What a journal may hold and a database cannot."""

from typing import Any


def storable(value: Any) -> Any:
    """Return JSON values with U+FFFD for every NUL, which PostgreSQL has no place for; the journal keeps it."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {name: storable(part) for name, part in value.items()}
    return [storable(part) for part in value] if isinstance(value, list) else value
