"""What keys a folder holds: public halves, certificates, and what a person should do about each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.exam.moment import iso, parse_iso
from kiosk.sealing.age import is_protected as is_protected_age
from kiosk.sealing.ceremony import revocations
from kiosk.sealing.certificate import ISSUED_BY, Holder, verify_chain
from kiosk.sealing.key import KeyFolder, KeyRole, is_protected
from kiosk.sealing.key_file import IDENTITY, SIGNING, read_private
from kiosk.sealing.revocation import Revocations
from kiosk.wire.certificate import CertificateDocument

SOON = timedelta(days=30)
OFFLINE = (KeyRole.ROOT, KeyRole.ESCROW)
"""Roles whose private halves belong in a safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFact:
    """One key of a folder. Nothing here is secret."""

    name: str
    role: KeyRole
    file: Path
    """Where the private half is, or was."""
    public: str
    is_here: bool
    """Whether the private half is here."""
    is_protected: bool
    is_former: bool
    """Whether another key has taken its place; it still opens what was sealed to it."""
    is_revoked: bool
    certificate: CertificateDocument | None = None
    advice: str = ""
    """What to do, in words; empty where all is well."""


def inventory(folder: KeyFolder, now: datetime) -> tuple[KeyFact, ...]:
    """Return the keys of a folder by name; asks for no passphrase. Raises KioskError for a list that does not hold."""
    revoked = revocations(folder) if folder.has_public(KeyRole.ROOT) else Revocations()
    found = sorted(p for kind in (SIGNING, IDENTITY) for p in folder.folder.glob(f"*{kind}.pub"))
    return tuple(_fact(folder, path.with_suffix(""), revoked, now) for path in found if _role(path.name) is not None)


def _role(file: str) -> KeyRole | None:
    head = file.split(".")[0]
    for role in KeyRole:
        if head == role or head.startswith(f"{role}-"):
            return role
    return None


def _fact(folder: KeyFolder, path: Path, revoked: Revocations, now: datetime) -> KeyFact:
    name, kind = path.stem, path.suffix
    role = _role(path.name)
    assert role is not None
    public = folder.public(name) if kind == SIGNING else folder.recipient(name)
    holder, problem = _holder(folder, name, role, kind, revoked)
    is_former = name.count(".") == 1 and name.rpartition(".")[2].isdecimal()
    is_here = path.exists()
    is_locked = is_here and _is_locked(path)
    is_revoked = holder.is_revoked if holder else revoked.find("", public) is not None
    certificate = None if holder is None else holder.certificate
    ends = None if certificate is None else parse_iso(certificate.not_after)
    return KeyFact(
        name=name,
        role=role,
        file=path,
        public=public,
        is_here=is_here,
        is_protected=is_locked,
        is_former=is_former,
        is_revoked=is_revoked,
        certificate=certificate,
        advice=problem or _advice(role, is_here, is_locked, is_former, is_revoked, ends, now),
    )


def _holder(
    folder: KeyFolder, name: str, role: KeyRole, kind: str, revoked: Revocations
) -> tuple[Holder | None, str | None]:
    if kind != SIGNING or role not in ISSUED_BY or not (folder.folder / f"{name}.certificates").exists():
        return None, None
    try:
        return verify_chain(folder.chain(name), folder.public(KeyRole.ROOT), role, revoked=revoked), None
    except KioskError as error:
        return None, f"its certificate does not hold: {error.message}"


def _is_locked(path: Path) -> bool:
    content = read_private(path)
    return is_protected(content) or is_protected_age(content)


def _advice(
    role: KeyRole,
    is_here: bool,
    is_locked: bool,
    is_former: bool,
    is_revoked: bool,
    ends: datetime | None,
    now: datetime,
) -> str:
    if is_former:
        return "keep: it still opens what was sealed to it" if role in (KeyRole.INTAKE, KeyRole.HALL) else ""
    if is_revoked:
        return f"revoked: exchange it (kiosk keys rotate {role})"
    if role in OFFLINE and is_here:
        where = "move it to a medium in a safe"
        return where if is_locked else f"{where}, and protect it first (kiosk keys protect {role})"
    if ends is not None and ends < now + SOON:
        said = "ran out" if ends < now else "runs out"
        return f"its certificate {said} on {iso(ends)[:10]}: kiosk keys rotate {role}"
    return ""
