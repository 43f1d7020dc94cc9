"""Codes for acts: what a console gives a proctor to allow one act at a seat that cannot reach the hall.

It needs the hall's key folder and a roster, and nothing of the hub: any machine that has both gives the same codes.
"""

import re
from collections.abc import Sequence

from kiosk.exam.act_code import CHALLENGE_LIFE, Signatory, Terms, code_of, read_challenge
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person
from kiosk.exam.roles import Rights
from kiosk.exam.roster import Progress
from kiosk.hall.act import RIGHT_OF, check_act
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import Pair, Supervision
from kiosk.views.order import CodeWish
from storage.hall.act_code import GivenCode
from storage.hall.store import HallStore

CONSOLE = "console"
_SEAT = re.compile(r"[A-Za-z0-9_-]{1,32}")


class ActCodes:
    """Gives codes for acts, under the same rights as grants."""

    def __init__(
        self, store: HallStore, keys: HallKeys, rights: Rights, supervision: Supervision, clock: Clock
    ) -> None:
        self._store = store
        self._keys = keys
        self._rights = rights
        self._supervision = supervision
        self._clock = clock

    def issue(self, wish: CodeWish, where: str = CONSOLE) -> str:
        """Return the code for an act, written down first.

        Raises Mistyped for a slip in the challenge, Denied for wrong PINs and missing rights, Refused for what no code
        can allow.
        """
        terms, challenge = _terms(wish), read_challenge(wish.challenge)
        if not _SEAT.fullmatch(wish.seat):
            raise Invalid(f"{wish.seat[:40]!r} cannot be a seat's name: use letters, digits, - and _.")
        pair = self._supervision.pair(wish.pin, wish.second_pin, where)
        sitting = self._sitting(wish.seat)
        submission_id = None if sitting is None else sitting.submission_id
        since = parse_iso(self._clock.now().at) - CHALLENGE_LIFE
        added_ms = self._store.act_codes.added_ms(wish.seat, submission_id, since, challenge)
        if submission_id is not None:
            added_ms += self._store.permits.added_ms(submission_id)
        chiefs = frozenset[str]() if submission_id is None else self._store.roster.chiefs(submission_id)
        check_act(self._rights, terms.act, pair.first, pair.second, added_ms, terms.amount_ms, chiefs=chiefs)
        signatory = Signatory(self._number(pair.first), pair.second is not None)
        self._write_down(wish.seat, challenge, terms, pair, signatory, submission_id)
        return code_of(self._keys.act_key(wish.seat), wish.seat, challenge, terms, signatory)

    def given(self, seat: str) -> Sequence[GivenCode]:
        """Return the codes that were given for a seat, in order; never the codes themselves."""
        return self._store.act_codes.of_seat(seat)

    def _sitting(self, seat: str) -> Progress | None:
        """Return the sitting this hall last knew at a seat: the open one, else the one handed in last."""
        here = [p for p in self._store.permits.all_progress() if p.seat == seat]
        return next((p for p in here if not p.is_over), here[-1] if here else None)

    def _number(self, person: Person) -> int:
        staff = [a.person.user_id for a in self._store.roster.staff()]
        if person.user_id not in staff:
            raise Denied("Only who is on this hall's list can give codes.")
        return staff.index(person.user_id) + 1

    def _write_down(
        self,
        seat: str,
        challenge: str,
        terms: Terms,
        pair: Pair,
        signatory: Signatory,
        submission_id: str | None,
    ) -> None:
        second = None if pair.second is None else pair.second.user_id
        given = GivenCode(
            seat=seat,
            challenge=challenge,
            act=terms.act,
            amount_ms=terms.amount_ms,
            reason=terms.reason,
            who=pair.first.user_id,
            second=second,
            number=signatory.proctor,
            submission_id=submission_id,
            issued_at=parse_iso(self._clock.now().at),
        )
        details = {"code": challenge, "act": terms.act.value, "seat": seat, "reason": terms.reason}
        if second is not None:
            details["second"] = second
        if terms.amount_ms:
            details["ms"] = str(terms.amount_ms)
        audit = AuditEntry(
            at=given.issued_at,
            who=given.who,
            action=RIGHT_OF[terms.act],
            subject_type="test_submissions",
            subject_id=submission_id or seat,
            details=details,
        )
        self._store.act_codes.give(given, audit)


def _terms(wish: CodeWish) -> Terms:
    try:
        act = Act(wish.act)
    except ValueError:
        raise Refused(f"There is no act {wish.act[:40]!r}.") from None
    terms = Terms.of(act, wish.amount_ms, wish.reason)
    if act is Act.EXTEND and not terms.amount_ms:
        raise Refused("Say how many minutes are added.")
    if act not in (Act.EXTEND, Act.REOPEN) and terms.amount_ms:
        raise Refused(f"Minutes do not go with {act.value}.")
    return terms
