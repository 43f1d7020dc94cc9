"""Custody: whether the hall's seats keep their stores' keys sealed, and who has such a key back, and for what."""

import secrets
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, Moment, parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.ground.door import Doorkeeper
from kiosk.hall.keys import HallKeys
from kiosk.hall.seat_code import SeatCodes
from kiosk.hall.supervision import Pair, Supervision
from kiosk.sealing.age import seal_to
from kiosk.sealing.copy import read_file
from kiosk.sealing.key_file import replace_file
from kiosk.sealing.offline import code_key
from kiosk.sealing.store_key import Proved, read_proof, unwrap_key
from kiosk.wire.document import words
from kiosk.wire.policy import LARGEST_POLICY, HallPolicyDocument
from storage.hall.store import HallStore

RIGHT = "proctoring.open_close_hall"
CONSOLE = "console"
POLICY, CODES = "policy.json", "codes"
NONCE_MS = 60_000
"""How long a challenge may be answered."""
MOST_CHALLENGES = 1_000
"""Challenges open at a time; a seat has one, and the oldest goes first."""


class Custody:
    """Opens the sealed key of a seat's store for that seat alone. Usable from any thread."""

    def __init__(
        self,
        folder: Path,
        keys: HallKeys,
        store: HallStore,
        supervision: Supervision,
        doorkeeper: Doorkeeper,
        clock: Clock,
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._store = store
        self._supervision = supervision
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._codes = SeatCodes(folder / CODES, keys.identity)
        self._challenges: dict[str, tuple[str, Moment]] = {}
        self._lock = Lock()

    def policy(self) -> HallPolicyDocument:
        """Return what the hall has decided; the defaults where it has decided nothing."""
        path = self._folder / POLICY
        if not path.exists():
            return HallPolicyDocument()
        try:
            return HallPolicyDocument.model_validate_json(read_file(path, LARGEST_POLICY))
        except ValidationError as error:
            raise Invalid(f"{path} is not of this version: {words(error)}") from None

    def decide(self, policy: HallPolicyDocument, pin: str, second_pin: str) -> None:
        """Decide for all seats, from their next enrolment on; raises Denied unless two proctors do."""
        pair = self._supervision.allowed(RIGHT, pin, second_pin, CONSOLE)
        decided = {"seal_stores": "on" if policy.seal_stores else "off", "start": policy.start}
        self._note_pair(pair, "policy", self._keys.hall, decided)
        replace_file(self._folder / POLICY, policy.model_dump_json().encode("utf-8"), 0o600)

    def code(self, seat: str, pin: str, second_pin: str) -> str:
        """Return the code of a seat for its envelope; raises Denied unless two proctors ask, Refused if it has none."""
        pair = self._supervision.allowed(RIGHT, pin, second_pin, CONSOLE)
        code = self._codes.kept(seat)
        self._note_pair(pair, "code", seat, {})
        return code

    def code_key(self, seat: str) -> str | None:
        """Return what the code of a seat derives to, in hex, where stores are to be sealed."""
        if not self.policy().seal_stores:
            return None
        return code_key(self._codes.drawn(seat), self._keys.hall, seat).hex()

    def challenge(self, seat: str) -> str:
        """Return what a seat must sign; it takes the place of the one before."""
        nonce = secrets.token_hex(32)
        with self._lock:
            self._challenges.pop(seat, None)
            if len(self._challenges) >= MOST_CHALLENGES:
                del self._challenges[next(iter(self._challenges))]
            self._challenges[seat] = nonce, self._clock.now()
        return nonce

    def unlock(self, seat: str, wrapped_key: bytes, proof: bytes) -> bytes:
        """Return the key of a seat's store sealed to whom its proof names, and write it down.

        Wrong proofs slow down. Raises Denied, Tampered or Invalid for a proof or a sealed key that is not this seat's.
        """

        def judge() -> tuple[Proved, bytes]:
            now = self._clock.now()
            proved = read_proof(
                proof,
                self._keys.root,
                hall=self._keys.hall,
                seat=seat,
                nonce=self._answered(seat, now),
                wrapped=wrapped_key,
                at=now.at,
                revoked=self._keys.revocations.read(),
            )
            return proved, unwrap_key(wrapped_key, self._keys.identity, seat)

        proved, key = self._doorkeeper.judge((f"unlock {seat}",), judge, "")
        details = {"act": "unlock", "serial": proved.holder.certificate.serial}
        if proved.holder.flags:
            details["flags"] = "; ".join(proved.holder.flags)
        self._note(SYSTEM_ID, seat, details)
        return seal_to([proved.recipient], key)

    def _answered(self, seat: str, now: Moment) -> str:
        """Return the challenge a seat was given, which is good no more; raises Denied where there is none."""
        with self._lock:
            nonce, given = self._challenges.pop(seat, ("", now))
        if not nonce or now.boot_id != given.boot_id or now.boot_ms - given.boot_ms > NONCE_MS:
            raise Denied("This seat was asked for no proof, or gave it too late. Begin again.")
        return nonce

    def _note_pair(self, pair: Pair, act: str, subject: str, details: dict[str, str]) -> None:
        assert pair.second is not None
        self._note(pair.first.user_id, subject, {"act": act, "second": pair.second.user_id, **details})

    def _note(self, who: str, subject: str, details: dict[str, str]) -> None:
        self._store.closings.note(
            AuditEntry(
                at=parse_iso(self._clock.now().at),
                who=who,
                action=RIGHT if who != SYSTEM_ID else "seat.unlock",
                subject_type="seats",
                subject_id=subject,
                details=details,
            )
        )
