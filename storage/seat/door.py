"""The doors of a seat: tried only where its hall does not answer."""

from storage.door import Doors
from storage.models import seat as rows


class DoorPart(Doors):
    """Wrong tries at a seat."""

    throttle = rows.Throttle
