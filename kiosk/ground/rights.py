"""The table of rights as it is shipped, read once."""

from functools import cache
from importlib.resources import files

from kiosk.exam.roles import Rights


@cache
def load_rights() -> Rights:
    """Return the table of rights that comes with the program."""
    return Rights.parse(files("kiosk.exam").joinpath("roles.csv").read_text(encoding="utf-8"))
