"""An exam kiosk for halls of plain lab machines: seats, a hall and a central office in one program."""

__version__ = "0.1.0"
