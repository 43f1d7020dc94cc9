"""The store of one hall: its parts over one file."""

from pathlib import Path

from sqlalchemy import Engine

from storage.engine import open_engine
from storage.hall.act_code import ActCodePart
from storage.hall.advance import AdvancePart
from storage.hall.announcement import AnnouncementPart
from storage.hall.attendance import AttendancePart
from storage.hall.board import BoardPart
from storage.hall.bundle import BundlePart
from storage.hall.closing import ClosingPart
from storage.hall.command import CommandPart
from storage.hall.confirmation import ConfirmationPart
from storage.hall.door import DoorPart
from storage.hall.move import MovePart
from storage.hall.paper import PaperPart
from storage.hall.permit import PermitPart
from storage.hall.record import RecordPart
from storage.hall.roster import RosterPart
from storage.hall.seal_order import SealOrderPart
from storage.hall.seat import SeatPart
from storage.hall.tail import TailPart
from storage.models.base import HallBase
from storage.stamp import settle


class HallStore:
    """Everything one hall keeps: never a question it can read; answers only within tails, which nothing shows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.roster = RosterPart(engine)
        """People, tests and sessions, as packages brought them."""
        self.papers = PaperPart(engine)
        """Sealed papers, and what opens them once it was given."""
        self.permits = PermitPart(engine)
        """Leases and grants given out, and where each sitting stands."""
        self.tails = TailPart(engine)
        """Safety copies of its seats' journals."""
        self.moves = MovePart(engine)
        """Which sitting goes on at which other seat."""
        self.commands = CommandPart(engine)
        """Acts on their way to seats, and who may begin."""
        self.announcements = AnnouncementPart(engine)
        """What the hall was told."""
        self.bundles = BundlePart(engine)
        """Bundles of its seats, and central's receipts for them."""
        self.seal_orders = SealOrderPart(engine)
        """What seats were asked to seal and to send."""
        self.attendance = AttendancePart(engine)
        """Who came."""
        self.closings = ClosingPart(engine)
        """What became of each roster, and central's close-outs."""
        self.act_codes = ActCodePart(engine)
        """Codes given for acts at seats out of reach."""
        self.confirmations = ConfirmationPart(engine)
        """The hall's own word for acts that codes allowed."""
        self.seats = SeatPart(engine)
        """Which key goes by which seat's name."""
        self.records = RecordPart(engine)
        """What the hall's report is made of."""
        self.board = BoardPart(engine)
        """What the board is drawn from, and what needs a person."""
        self.advances = AdvancePart(engine)
        """Leases made ahead."""
        self.doors = DoorPart(engine)
        """Wrong tries."""

    @classmethod
    def open(cls, path: Path, key: bytes, *, create: bool = False) -> "HallStore":
        """Open a hall's file, or make it where `create` says so; raises StoreError for one of another stamp."""
        engine = open_engine(path, key, create=create)
        settle(engine, HallBase)
        return cls(engine)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
