"""Announcements in the hall's store: what was said to which seats, and how far it came there."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from kiosk.exam.dispatch import SpokenWord
from kiosk.exam.log import AuditEntry
from storage.hall.part import Part, write_audit
from storage.models import hall as rows

_TOLD = rows.AnnouncementSeat
_OWN = (_TOLD.announcement_id == bindparam("of"), _TOLD.seat == bindparam("at"))
_DELIVERED = (
    update(_TOLD)
    .where(*_OWN, _TOLD.delivered_at.is_(None))
    .values(delivered_at=bindparam("now"))
    .returning(_TOLD.seat)
    .execution_options(synchronize_session=False)
)
_READ = (
    update(_TOLD)
    .where(*_OWN, _TOLD.read_at.is_(None))
    .values(read_at=bindparam("now"))
    .returning(_TOLD.seat)
    .execution_options(synchronize_session=False)
)


class AnnouncementPart(Part):
    """What the hall was told."""

    def give(self, word: SpokenWord, seats: Sequence[str], audit: AuditEntry) -> None:
        """Keep an announcement for some seats."""
        with self._writing() as work:
            work.execute(
                insert(rows.Announcement),
                [
                    {
                        "announcement_id": word.announcement_id,
                        "who": word.who,
                        "text": word.text,
                        "question": word.question,
                        "at": word.at,
                    }
                ],
            )
            work.execute(
                insert(rows.AnnouncementSeat),
                [{"announcement_id": word.announcement_id, "seat": seat} for seat in dict.fromkeys(seats)],
            )
            write_audit(work, audit)

    def waiting(self, seat: str) -> tuple[tuple[SpokenWord, str], ...]:
        """Return what a seat has not on its screen yet, oldest first, each with the name of who said it."""
        query = (
            select(rows.Announcement, rows.Person.name)
            .join(rows.AnnouncementSeat, rows.AnnouncementSeat.announcement_id == rows.Announcement.announcement_id)
            .join(rows.Person, rows.Person.user_id == rows.Announcement.who)
            .where(rows.AnnouncementSeat.seat == seat, rows.AnnouncementSeat.delivered_at.is_(None))
            .order_by(rows.Announcement.at, rows.Announcement.announcement_id)
        )
        with self._reading() as work:
            return tuple((_word(row), name) for row, name in work.execute(query))

    def told(self, announcement_id: str, seat: str, is_read: bool, now: datetime) -> bool:
        """Write down how far an announcement came at a seat; return whether that is news."""
        return seat in self.told_all([(announcement_id, seat, is_read)], now)

    def told_all(self, told: Sequence[tuple[str, str, bool]], now: datetime) -> frozenset[str]:
        """Write down how far announcements came, each at a seat and read or not; return the seats this is news of.

        All in one transaction, for a whole hall answers at once.
        """
        news: set[str] = set()
        with self._writing() as work:
            for announcement_id, seat, is_read in told:
                given = {"of": announcement_id, "at": seat, "now": now}
                news.update(work.scalars(_DELIVERED, given))
                if is_read:
                    news.update(work.scalars(_READ, given))
        return frozenset(news)

    def untold(self, seats: Collection[str]) -> frozenset[str]:
        """Return those of some seats that have something not on their screens yet."""
        told = rows.AnnouncementSeat
        query = select(told.seat).where(told.seat.in_(seats), told.delivered_at.is_(None)).distinct()
        with self._reading() as work:
            return frozenset(work.scalars(query))

    def given(self) -> tuple[SpokenWord, ...]:
        """Return every announcement with how far it came, newest first."""
        said, told = rows.Announcement, rows.AnnouncementSeat
        query = (
            select(said, func.count(told.seat), func.count(told.delivered_at), func.count(told.read_at))
            .join(told, told.announcement_id == said.announcement_id)
            .group_by(said.announcement_id)
            .order_by(said.at.desc(), said.announcement_id)
        )
        with self._reading() as work:
            return tuple(_word(row, *counts) for row, *counts in work.execute(query))


def _word(row: rows.Announcement, seats: int = 0, delivered: int = 0, read: int = 0) -> SpokenWord:
    return SpokenWord(
        announcement_id=row.announcement_id,
        who=row.who,
        text=row.text,
        question=row.question,
        at=row.at,
        seats=seats,
        delivered=delivered,
        read=read,
    )
