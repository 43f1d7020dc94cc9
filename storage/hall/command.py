"""Commands in the hall's store: grants on their way to seats, and what each seat said of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from kiosk.exam.dispatch import Command, CommandState
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import SignedGrant
from storage.hall.part import Part, put_rows, write_audit
from storage.models import hall as rows
from storage.page import grant_row

OPEN = (CommandState.WAITING.value, CommandState.SENT.value)
_ANSWERED = (
    update(rows.Command)
    .where(rows.Command.grant_id == bindparam("of"), rows.Command.seat == bindparam("at"), rows.Command.state.in_(OPEN))
    .values(state=bindparam("said"), words=bindparam("told"), answered_at=bindparam("now"))
    .returning(rows.Command.grant_id)
    .execution_options(synchronize_session=False)
)


class CommandPart(Part):
    """Kept until the seat says what became of them, and after."""

    def order(self, signed: Sequence[SignedGrant], audits: Sequence[AuditEntry]) -> None:
        """Keep grants with the commands they are, all or none; a START lets the candidate in its note begin."""
        with self._writing() as work:
            put_commands(work, signed)
            put_rows(
                work, rows.Start, [_start(s) for s in signed if s.grant.act is Act.START], "grant_id", "ordered_at"
            )
            if audits:
                write_audit(work, *audits)

    def waiting(self, *seats: str) -> tuple[Command, ...]:
        """Return what some seats have not answered, in the order it was ordered."""
        query = (
            select(rows.Command, rows.Grant.envelope)
            .join(rows.Grant, rows.Grant.grant_id == rows.Command.grant_id)
            .where(rows.Command.seat.in_(seats), rows.Command.state.in_(OPEN))
            .order_by(rows.Command.ordered_at, rows.Command.grant_id)
        )
        with self._reading() as work:
            return tuple(_command(row, envelope) for row, envelope in work.execute(query))

    def command(self, grant_id: str) -> Command | None:
        """Return one command; None where that grant is none."""
        query = (
            select(rows.Command, rows.Grant.envelope)
            .join(rows.Grant, rows.Grant.grant_id == rows.Command.grant_id)
            .where(rows.Command.grant_id == grant_id)
        )
        with self._reading() as work:
            found = work.execute(query).one_or_none()
            return None if found is None else _command(*found)

    def sent(self, grant_ids: Sequence[str]) -> None:
        """Write down that commands were sent."""
        with self._writing() as work:
            work.execute(
                update(rows.Command)
                .where(rows.Command.grant_id.in_(grant_ids), rows.Command.state == CommandState.WAITING.value)
                .values(state=CommandState.SENT.value)
            )

    def answered(self, seat: str, grant_id: str, done: bool, words: str, now: datetime) -> bool:
        """Write down what a seat said of a command; return whether that is news. The first answer stands."""
        return grant_id in self.answered_all([(seat, grant_id, done, words)], now)

    def answered_all(self, answers: Sequence[tuple[str, str, bool, str]], now: datetime) -> frozenset[str]:
        """Write down what seats said, each of a command (grant, done or not, words); return the grants that are news.

        The first answer stands. All in one transaction, for a whole hall answers at once.
        """
        news: set[str] = set()
        with self._writing() as work:
            for seat, grant_id, done, words in answers:
                state = CommandState.DONE if done else CommandState.REFUSED
                given = {"of": grant_id, "at": seat, "said": state.value, "told": words, "now": now}
                news.update(work.scalars(_ANSWERED, given))
        return frozenset(news)

    def busy(self, seats: Collection[str]) -> frozenset[str]:
        """Return those of some seats that have something left to answer."""
        command = rows.Command
        query = select(command.seat).where(command.seat.in_(seats), command.state.in_(OPEN)).distinct()
        with self._reading() as work:
            return frozenset(work.scalars(query))

    def started(self) -> frozenset[str]:
        """Return the candidates who may begin where the hall starts together."""
        with self._reading() as work:
            return frozenset(work.scalars(select(rows.Start.candidate_id)))

    def is_started(self, candidate_id: str) -> bool:
        """Whether START was ordered for a candidate."""
        with self._reading() as work:
            return work.get(rows.Start, candidate_id) is not None


def put_commands(work: Session, signed: Sequence[SignedGrant]) -> None:
    """Keep grants and the commands they are, in a transaction that is open."""
    if not signed:
        return
    work.execute(insert(rows.Grant), [grant_row(s) for s in signed])
    work.execute(
        insert(rows.Command),
        [
            {
                "grant_id": s.grant.grant_id,
                "seat": s.grant.seat,
                "state": CommandState.WAITING.value,
                "words": "",
                "ordered_at": parse_iso(s.grant.issued_at),
            }
            for s in signed
        ],
    )


def _start(signed: SignedGrant) -> dict[str, object]:
    grant = signed.grant
    return {"candidate_id": grant.note, "grant_id": grant.grant_id, "ordered_at": parse_iso(grant.issued_at)}


def _command(row: rows.Command, envelope: bytes | None) -> Command:
    return Command(
        grant_id=row.grant_id,
        seat=row.seat,
        state=CommandState(row.state),
        words=row.words,
        envelope=bytes(envelope or b""),
        ordered_at=row.ordered_at,
    )
