"""What a hall has decided for all its seats."""

from typing import Literal

from kiosk.wire.document import Document

LARGEST_POLICY = 4_096


class HallPolicyDocument(Document):
    """Told to each seat with its next enrolment."""

    version: Literal[1] = 1
    seal_stores: bool = False
    """Whether the keys of the seats' stores may lie on their disks only sealed."""
    start: Literal["own", "together"] = "own"
    """Whether each candidate begins when they like, or when the proctor says; asked at every start."""
