"""Quarantine: what did not verify, looked at without believing it, given out, or tried again."""

from dataclasses import dataclass
from typing import Any

from kiosk.central.intake import Intake, Taken
from kiosk.exam.arrival import Quarantined
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.roles import Actor
from kiosk.exam.text import clean_line
from kiosk.office.office import Office
from kiosk.sealing import frame
from kiosk.sealing.bundle import read_manifest
from kiosk.sealing.envelope import PayloadType, read_envelope
from storage.central.intake import IntakeStore

LOOK = "settings.read_global"
HANDLE = "settings.update_operational"
FIRST_BYTES = 64


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing in quarantine as it shows itself. Nothing it claims was found true."""

    kept: Quarantined
    begins: str
    """Its first bytes: printable ASCII, and a dot for every other."""
    claims: dict[str, Any]
    """What its frame and manifest say, as far as they can be read."""
    unread: str
    """Why no more of it can be read; empty where all could be."""


class Quarantine:
    """A way to look at what was set aside."""

    def __init__(self, office: Office, arrivals: IntakeStore, intake: Intake) -> None:
        self._office = office
        self._arrivals = arrivals
        self._intake = intake

    def all(self, actor: Actor) -> tuple[Quarantined, ...]:
        """Return what was set aside, in the order it came; raises Denied without the right."""
        self._office.check(LOOK, actor)
        return self._arrivals.quarantined()

    def sight(self, actor: Actor, digest: str) -> Sight:
        """Return one thing as it shows itself; raises Denied without the right, Refused where it is not here."""
        self._office.check(LOOK, actor)
        kept = self._kept(digest)
        content = self._arrivals.quarantined_content(kept.digest)
        claims, unread = _claims(content)
        return Sight(kept, _printable(content[:FIRST_BYTES]), claims, unread)

    def content(self, actor: Actor, digest: str) -> tuple[str, bytes]:
        """Return one thing's digest and bytes, to be given out; the act is written down."""
        self._office.check(HANDLE, actor)
        kept = self._kept(digest)
        self._arrivals.note(self._office.audit(HANDLE, actor, "quarantine", kept.digest, act="given out"))
        return kept.digest, self._arrivals.quarantined_content(kept.digest)

    def retry(self, actor: Actor, digest: str) -> Taken:
        """Take one thing in again, as it is; what verifies now leaves the quarantine, what does not stays."""
        self._office.check(HANDLE, actor)
        kept = self._kept(digest)
        taken = self._intake.take(self._arrivals.quarantined_content(kept.digest), kept.source)
        if not taken.is_refused:
            audit = self._office.audit(HANDLE, actor, "quarantine", kept.digest, act="taken in", bundle=taken.digest)
            self._arrivals.take_out(kept.digest, audit)
        return taken

    def _kept(self, digest: str) -> Quarantined:
        found = [q for q in self._arrivals.quarantined() if q.digest.startswith(digest)]
        if len(digest) < 8 or len(found) > 1:
            raise Refused("Name it by more of its digest, as `kiosk central quarantine list` shows it.")
        if not found:
            raise Refused(f"There is nothing {digest[:16]} in quarantine.")
        return found[0]


def _claims(content: bytes) -> tuple[dict[str, Any], str]:
    claims: dict[str, Any] = {}
    try:
        envelope_bytes, body = frame.split(content)
        claims |= {"envelopeBytes": len(envelope_bytes), "bodyBytes": len(body)}
        envelope = read_envelope(envelope_bytes, PayloadType.BUNDLE)
        claims["signer"] = clean_line(envelope.signer)
        manifest = read_manifest(envelope.canonical_payload())
    except KioskError as error:
        return claims, error.message
    claims |= {
        "submission": clean_line(manifest.submission_id),
        "openedOn": manifest.opened_on,
        "paper": manifest.paper,
        "hall": clean_line(manifest.hall),
        "seat": clean_line(manifest.seat),
        "entries": manifest.entries,
        "receipt": manifest.handed_in.receipt if manifest.handed_in else None,
        "sealedAt": manifest.sealed_at,
    }
    return claims, ""


def _printable(content: bytes) -> str:
    return "".join(chr(b) if 32 <= b < 127 else "." for b in content)
