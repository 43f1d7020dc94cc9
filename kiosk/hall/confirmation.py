"""Confirmation: the hall looks into acts that codes allowed at its seats, and signs those that hold.

Nothing a seat says is undone here, for a candidate was given it already.
"""

from collections.abc import Iterable

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.keys import HallKeys
from kiosk.sealing.coded_grant import CodedGrant, is_coded, read_coded
from kiosk.sealing.envelope import PayloadType, sign
from storage.hall.confirmation import Confirmed
from storage.hall.store import HallStore


class Confirmation:
    """Recognises the hall's own codes when seats tell of what was done by them."""

    def __init__(self, store: HallStore, keys: HallKeys, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    def confirm(self, coded: CodedGrant) -> str | None:
        """Compute a code anew and sign its act if it holds; return what a person should look at, or None."""
        grant = coded.grant
        if not coded.holds(self._keys.act_key(grant.seat)):
            return f"{grant.act.value} at {grant.seat} was allowed by a code this hall never gave."
        if self._store.confirmations.is_known(grant.grant_id):
            return None
        known = [g for g in self._store.act_codes.of_seat(grant.seat) if g.challenge == coded.challenge]
        self._store.act_codes.use(grant.seat, coded.challenge, grant.grant_id)
        self._store.confirmations.keep(
            Confirmed(
                grant_id=grant.grant_id,
                submission_id=grant.submission_id,
                seat=grant.seat,
                envelope=sign(PayloadType.GRANT, grant.document(), self._keys.signing),
                made_at=parse_iso(self._clock.now().at),
            )
        )
        if not any(g.act is grant.act and g.amount_ms == grant.amount_ms for g in known):
            return f"{grant.act.value} at {grant.seat} was allowed by a code given on another machine of this hall."
        return None

    def look(self, envelopes: Iterable[bytes]) -> tuple[str, ...]:
        """Take note of the acts by code among the grants a seat sent; return what a person should look at, in words."""
        found = []
        for envelope in envelopes:
            if not is_coded(envelope):
                continue
            try:
                words = self.confirm(read_coded(envelope, self._keys.root, self._keys.hall))
            except KioskError as error:
                words = f"An act by code does not hold: {error.message}."
            found += [words] if words else []
        return tuple(found)
