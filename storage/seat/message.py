"""Messages: what the hall told a candidate while no test was open; with one open it stands in the journal."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.exam.moment import iso, parse_iso
from storage.models import seat as rows
from storage.seat.page import table_of
from storage.transaction import Transactional


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """One message to one candidate."""

    message_id: str
    at: str
    """ISO moment at which the hall said it."""
    who: str
    text: str
    question: str | None = None
    is_read: bool = False


class MessagePart(Transactional):
    """What candidates were told at a seat outside their tests."""

    MISFIT = "This message is being kept at this very moment. Try again."

    def of(self, candidate_id: str) -> tuple[KeptMessage, ...]:
        """Return what a candidate was told here, oldest first."""
        message = rows.Message
        query = select(message).where(message.candidate_id == candidate_id).order_by(message.at, message.message_id)
        with self._reading() as work:
            return tuple(_message(row) for row in work.scalars(query))

    def keep(self, candidate_id: str, message: KeptMessage) -> None:
        """Keep a message and return once it is committed; one that is kept already stays."""
        values = {
            "candidate_id": candidate_id,
            "message_id": message.message_id,
            "at": parse_iso(message.at),
            "who": message.who,
            "text": message.text,
            "question": message.question,
            "is_read": message.is_read,
        }
        with self._writing() as work:
            work.execute(upsert(table_of(rows.Message)).on_conflict_do_nothing(), [values])

    def read(self, candidate_id: str, message_id: str) -> None:
        """Note that a candidate has read a message."""
        message = rows.Message
        of = (message.candidate_id == candidate_id) & (message.message_id == message_id)
        with self._writing() as work:
            work.execute(update(message).where(of).values(is_read=True))


def _message(row: rows.Message) -> KeptMessage:
    return KeptMessage(
        message_id=row.message_id,
        at=iso(row.at),
        who=row.who,
        text=row.text,
        question=row.question,
        is_read=row.is_read,
    )
