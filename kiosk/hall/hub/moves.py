"""Moves: a sitting goes on at another seat, and the one it was at writes no more."""

import uuid

from kiosk.exam.attempt import Phase
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.move import Move
from kiosk.exam.page import SignedGrant
from kiosk.exam.text import clean_line, clean_text
from kiosk.hall.act import RIGHT_OF
from kiosk.hall.hub.commands import Commands
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import LONGEST_NOTE, LONGEST_REASON, Pair
from kiosk.sealing.envelope import PayloadType, sign
from storage.hall.store import HallStore

LONGEST_SEAT = 500


class Moves:
    """Orders moves and starts; the lease itself is minted when the candidate asks for it (`Openings.lease`)."""

    def __init__(self, store: HallStore, keys: HallKeys, commands: Commands, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._commands = commands
        self._clock = clock

    def order(
        self, submission_id: str, target: str, by: Pair, reason: str = "", note: str = "", *, afresh: bool = False
    ) -> SignedGrant:
        """Let a sitting go on at the seat `target`, which may be its own; return the MOVE grant its old seat is sent.

        Without a `note` the grant tells the old seat where it goes on. An order before it that nobody has followed is
        replaced. `afresh` lets a sitting of which this hall holds nothing begin anew at the target; without, that is
        refused. Raises Refused for a sitting that is over, Denied for one this hall gave no lease for. Rights are
        checked by who calls.
        """
        seat = clean_line(target, LONGEST_SEAT)
        if not seat:
            raise Refused("Say to which seat the sitting goes.")
        lease = self._store.permits.lease(submission_id).lease
        progress = self._store.permits.progress((lease.assignment_id,)).get(lease.assignment_id)
        if progress is None or progress.submission_id != submission_id or progress.is_over:
            raise Refused("This sitting is over, so that it goes on nowhere.")
        if not afresh:
            self._check_held(submission_id, lease.opened_on, lease.seat, progress.phase)
        if seat in self._store.tails.branched(submission_id, lease.opened_on):
            raise Refused(f"{seat} wrote on after the sitting was moved away from it. Name another seat.")
        grant = self._grant(submission_id, lease.seat, Act.MOVE, by, reason, clean_text(note, LONGEST_NOTE) or seat)
        move = Move(
            move_id=grant.grant.grant_id,
            submission_id=submission_id,
            from_seat=lease.seat,
            to_seat=seat,
            ordered_at=parse_iso(grant.grant.issued_at),
        )
        self._store.moves.order(move, grant, _audit(grant.grant, submission_id, {"to": seat}))
        self._commands.send((grant,))
        return grant

    def start(self, candidate_id: str, seat: str, by: Pair, reason: str = "") -> SignedGrant:
        """Let a candidate begin where the hall starts together; return the START grant the seat is sent.

        A second order changes nothing but is kept too. Rights are checked by who calls.
        """
        grant = self._grant("", seat, Act.START, by, reason, candidate_id)
        self._commands.order((grant,), (_audit(grant.grant, candidate_id, {}),))
        return grant

    def started(self) -> frozenset[str]:
        """Return the candidates who may begin."""
        return self._store.commands.started()

    def waiting(self, submission_id: str) -> Move | None:
        """Return the order that nobody has followed yet."""
        return self._store.moves.waiting(submission_id)

    def _check_held(self, submission_id: str, opened_on: str, seat: str, phase: Phase) -> None:
        if self._store.tails.holding(submission_id, opened_on) is None:
            raise Refused(
                f"The hall holds nothing of this sitting ({phase.value}), so that all work would be lost. Bring it "
                f"from the seat {seat} on a stick: kiosk seat journal there, then kiosk hall journal here."
            )

    def _grant(self, submission_id: str, seat: str, act: Act, by: Pair, reason: str, note: str) -> SignedGrant:
        grant = Grant(
            grant_id=uuid.uuid4().hex,
            submission_id=submission_id,
            seat=seat,
            act=act,
            who=by.first.user_id,
            second=None if by.second is None else by.second.user_id,
            reason=clean_line(reason, LONGEST_REASON),
            note=note,
            issued_at=self._clock.now().at,
        )
        return SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), self._keys.signing))


def _audit(grant: Grant, subject_id: str, more: dict[str, str]) -> AuditEntry:
    details = {"grant": grant.grant_id, "act": grant.act.value, "seat": grant.seat, "reason": grant.reason, **more}
    if grant.second is not None:
        details["second"] = grant.second
    return AuditEntry(
        at=parse_iso(grant.issued_at),
        who=grant.who,
        action=RIGHT_OF[grant.act],
        subject_type="users" if grant.act is Act.START else "test_submissions",
        subject_id=subject_id,
        details=details,
    )
