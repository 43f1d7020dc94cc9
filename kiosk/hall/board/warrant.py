"""Warrants: grants for many seats, signed after one look at the PINs, each with its right checked and written down."""

import uuid
from dataclasses import dataclass, replace

from kiosk.exam.grant import NEEDS_SECOND, Act, Grant
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedGrant
from kiosk.exam.roles import Rights
from kiosk.exam.text import clean_line, clean_text
from kiosk.hall.act import act_entry, check_act
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import LONGEST_NOTE, LONGEST_REASON, Pair
from kiosk.sealing.envelope import PayloadType, sign
from storage.hall.store import HallStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One act wanted at one seat."""

    act: Act
    seat: str
    submission_id: str = ""
    amount_ms: int = 0
    reason: str = ""
    note: str = ""
    gap: int | None = None
    """Entry number of the gap a CHARGE_GAP is about."""


@dataclass(frozen=True, slots=True)
class Warrant:
    """A grant that was signed, and who did what for the books."""

    signed: SignedGrant
    audit: AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One order of a console: who gave it, and the name it has in the books."""

    order_id: str
    verb: str
    pair: Pair
    undoes: str | None = None
    """The order this one takes back."""


class Warrants:
    """Signs; keeps nothing."""

    def __init__(self, store: HallStore, keys: HallKeys, rights: Rights, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._rights = rights
        self._clock = clock

    def signed(self, wanted: Wanted, errand: Errand) -> Warrant:
        """Return the grant of an act; raises Denied without the right, Refused for an amount no sitting takes."""
        pair = errand.pair
        added_ms = self._store.permits.added_ms(wanted.submission_id) if wanted.amount_ms else 0
        chiefs = self._chiefs(wanted)
        check_act(self._rights, wanted.act, pair.first, pair.second, added_ms, wanted.amount_ms, chiefs=chiefs)
        grant = Grant(
            grant_id=uuid.uuid4().hex,
            submission_id=wanted.submission_id,
            seat=wanted.seat,
            act=wanted.act,
            who=pair.first.user_id,
            second=None if pair.second is None else pair.second.user_id,
            amount_ms=wanted.amount_ms,
            gap=wanted.gap,
            reason=clean_line(wanted.reason, LONGEST_REASON),
            note=clean_text(wanted.note, LONGEST_NOTE),
            issued_at=self._clock.now().at,
        )
        signed = SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), self._keys.signing))
        return Warrant(signed, _stamped(act_entry(grant), errand))

    def _chiefs(self, wanted: Wanted) -> frozenset[str]:
        """Return the chiefs where the act asks for one; for a pause of a whole hall they would be read in vain."""
        asks = wanted.act in NEEDS_SECOND or wanted.act is Act.EXTEND
        return self._store.roster.chiefs(wanted.submission_id) if asks else frozenset()


def _stamped(entry: AuditEntry, errand: Errand) -> AuditEntry:
    return replace(entry, details={**entry.details, **stamp(errand)})


def stamp(errand: Errand) -> dict[str, str]:
    """Return what ties an entry of the books to the order it belongs to."""
    told = {"order": errand.order_id, "verb": errand.verb}
    return told if errand.undoes is None else told | {"undoes": errand.undoes}
