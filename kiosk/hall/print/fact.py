"""Facts as plain JSON, and their digest: the same facts have the same digest, whenever they are printed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from kiosk.exam.canonical import canonical
from kiosk.exam.moment import iso


def plain_facts(value: Any) -> Any:
    """Return a value of dataclasses as plain JSON, fields in camelCase, moments in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_camel(f.name): plain_facts(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): plain_facts(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain_facts(v) for v in value]
    return value


def digest_of(facts: Any) -> str:
    """Return the SHA-256 of facts over their canonical JSON, as lower-case hex."""
    return hashlib.sha256(canonical(plain_facts(facts))).hexdigest()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
