"""A handover: a sitting that was written elsewhere, as the hall hands it to the seat where it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.exam.entry import Entry
from kiosk.exam.page import Opening, Page, SignedLease, page_of
from kiosk.exam.record import Record
from kiosk.exam.sitting import Sitting


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything the new seat is to hold of a sitting, proved already, and the lease under which it goes on."""

    record: Record
    lease: SignedLease

    def page(self, sitting: Sitting, entries: Sequence[Entry]) -> Page:
        """Return the page of the whole journal with the first `entries` of this seat, folded in already."""
        opening = Opening(
            paper=self.record.paper,
            candidate=self.record.candidate,
            lease=self.lease,
            attachments=self.record.attachments,
        )
        return page_of(sitting, (*self.record.entries, *entries), evidence=self.record.evidence, opening=opening)
