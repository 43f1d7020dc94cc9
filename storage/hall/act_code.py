"""Codes for acts: what was allowed at seats that could not reach the hall, and what was made of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update

from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from storage.hall.part import Part, write_audit
from storage.models import hall as rows

ADDING = (Act.EXTEND.value, Act.REOPEN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """One code, without the code: who allowed what, for which challenge."""

    seat: str
    challenge: str
    act: Act
    amount_ms: int
    reason: str
    who: str
    second: str | None
    number: int
    submission_id: str | None
    issued_at: datetime
    grant_id: str | None = None


class ActCodePart(Part):
    """Codes given, and the acts they were used for."""

    def give(self, given: GivenCode, audit: AuditEntry) -> None:
        """Write down that a code was given, before anybody is told it."""
        with self._writing() as work:
            work.execute(
                insert(rows.ActCode),
                [
                    {
                        "code_id": uuid.uuid4().hex,
                        "seat": given.seat,
                        "challenge": given.challenge,
                        "act": given.act.value,
                        "amount_ms": given.amount_ms,
                        "reason": given.reason,
                        "who": given.who,
                        "second": given.second,
                        "number": given.number,
                        "submission_id": given.submission_id,
                        "issued_at": given.issued_at,
                    }
                ],
            )
            write_audit(work, audit)

    def of_seat(self, seat: str) -> tuple[GivenCode, ...]:
        """Return the codes that were given for a seat, in order."""
        query = select(rows.ActCode).where(rows.ActCode.seat == seat)
        with self._reading() as work:
            return tuple(given_of(row) for row in work.scalars(query.order_by(rows.ActCode.issued_at)))

    def added_ms(self, seat: str, submission_id: str | None, since: datetime, challenge: str = "") -> int:
        """Return how much time codes have added at a seat to a sitting, or still may, in ms.

        That is those that were used, and those given after `since`. Of the codes for one challenge only one can be
        used, so the largest is counted; those for `challenge` are not.
        """
        code = rows.ActCode
        largest = (
            select(func.max(code.amount_ms).label("ms"))
            .where(
                code.seat == seat,
                code.challenge != challenge,
                code.act.in_(ADDING),
                or_(code.grant_id.is_not(None), code.issued_at > since),
                code.submission_id == submission_id if submission_id else code.submission_id.is_(None),
            )
            .group_by(code.challenge)
            .subquery()
        )
        with self._reading() as work:
            return int(work.scalar(select(func.coalesce(func.sum(largest.c.ms), 0))) or 0)

    def use(self, seat: str, challenge: str, grant_id: str) -> None:
        """Note the act that the codes of a challenge were used for."""
        with self._writing() as work:
            work.execute(
                update(rows.ActCode)
                .where(rows.ActCode.seat == seat, rows.ActCode.challenge == challenge)
                .values(grant_id=grant_id)
            )


def given_of(row: rows.ActCode) -> GivenCode:
    """Return the value of a row."""
    return GivenCode(
        seat=row.seat,
        challenge=row.challenge,
        act=Act(row.act),
        amount_ms=row.amount_ms,
        reason=row.reason,
        who=row.who,
        second=row.second,
        number=row.number,
        submission_id=row.submission_id,
        issued_at=row.issued_at,
        grant_id=row.grant_id,
    )
