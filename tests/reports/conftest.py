"""An exam office on each of the three engines."""

from examination import office

__all__ = ["office"]
