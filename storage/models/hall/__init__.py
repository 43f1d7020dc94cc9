"""All tables of a hall: roster, sealed papers, sittings, what its hub keeps and sends, bundles."""

from storage.models.base import HallBase
from storage.models.hall.bundle import Bundle, Closing, Receipt
from storage.models.hall.errand import Announcement, AnnouncementSeat, Command, Confirmation, SealOrder
from storage.models.hall.paper import Package, PaperIdentity, SealedPaper, Test
from storage.models.hall.replica import StrayEntry, Tail, TailEntry, TailEvidence, TailGrant
from storage.models.hall.roster import (
    Assignment,
    Attendance,
    Notification,
    Person,
    Result,
    Session,
    SessionChief,
    SessionTest,
    TestAttendance,
)
from storage.models.hall.sitting import ActCode, Advance, Grant, Lease, Move, Progress, Start
from storage.models.hall.watch import Attention, Audit, Seat, Throttle

__all__ = [
    "ActCode",
    "Advance",
    "Announcement",
    "AnnouncementSeat",
    "Assignment",
    "Attendance",
    "Attention",
    "Audit",
    "Bundle",
    "Closing",
    "Command",
    "Confirmation",
    "Grant",
    "HallBase",
    "Lease",
    "Move",
    "Notification",
    "Package",
    "PaperIdentity",
    "Person",
    "Progress",
    "Receipt",
    "Result",
    "SealOrder",
    "SealedPaper",
    "Seat",
    "Session",
    "SessionChief",
    "SessionTest",
    "Start",
    "StrayEntry",
    "Tail",
    "TailEntry",
    "TailEvidence",
    "TailGrant",
    "Test",
    "TestAttendance",
    "Throttle",
]
