"""The doors of a hall."""

from storage.door import Doors
from storage.hall.part import Part
from storage.models import hall as rows


class DoorPart(Doors, Part):
    """Wrong tries in a hall."""

    throttle = rows.Throttle
