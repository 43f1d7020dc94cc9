"""Access codes: what a candidate types beside the roll number, made of characters nobody mistakes for others."""

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""No B or 8, I, L or 1, O or 0, S or 5, Z or 2."""
LENGTH = 9
"""25^9: more than 41 bits."""
GROUP = 3


def grouped(code: str) -> str:
    """Return a code as it is shown and printed: groups of three with hyphens."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def plain(typed: str) -> str:
    """Return what a person typed as the code was hashed: capitals, without hyphens and blanks."""
    return "".join(c for c in typed.upper() if c.isalnum())
