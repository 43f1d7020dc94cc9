"""Acts on key folders: a key is made, certified by the key above it, exchanged for its successor, or revoked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid, KioskError, Refused
from kiosk.exam.moment import iso
from kiosk.sealing.certificate import ISSUED_BY, Holder, certify, verify_chain
from kiosk.sealing.key import KeyFolder, KeyRole
from kiosk.sealing.key_file import IDENTITY, NEXT, SIGNING
from kiosk.sealing.revocation import RevocationFile, Revocations, revoke
from kiosk.wire.document import words
from kiosk.wire.revocation import RevokedDocument

EARLY = timedelta(days=1)
"""Certificates begin a day early, so that a clock that is behind does not raise flags."""
DAYS: Mapping[KeyRole, int] = {
    KeyRole.RELEASE: 5 * 365,
    KeyRole.RECEIPT: 5 * 365,
    KeyRole.HALL: 365,
    KeyRole.SEAT: 30,
    KeyRole.PROCTOR: 365,
}
"""How long a certificate runs where nothing else is said; a lapsed one is flagged, never refused."""
KINDS: Mapping[KeyRole, tuple[str, ...]] = {
    **dict.fromkeys(KeyRole, (SIGNING,)),
    KeyRole.INTAKE: (IDENTITY,),
    KeyRole.ESCROW: (IDENTITY,),
    KeyRole.HALL: (SIGNING, IDENTITY),
}
"""Which files the key of a role has."""


def make(folder: KeyFolder, role: KeyRole, name: str | None = None, passphrase: str | None = None) -> str:
    """Make the key of a role, without a certificate yet; return its name. Raises Refused where there is one."""
    name = name or role.value
    for kind in KINDS[role]:
        (folder.make_signing if kind == SIGNING else folder.make_identity)(name, passphrase)
    return name


def issue(
    issuer: KeyFolder,
    role: KeyRole,
    public: str,
    now: datetime,
    *,
    days: int | None = None,
    hall: str | None = None,
    seat: str | None = None,
    recipient: str | None = None,
) -> tuple[str, ...]:
    """Return the certificates of a public key, signed by the key above its role in the folder `issuer`.

    A hall's key certifies only for its own hall, whatever `hall` says. Raises Invalid for a role that has no
    certificate, Denied where the key above is revoked, or the key to be certified.
    """
    if role not in ISSUED_BY:
        raise Invalid(f"A {role} key has no certificate: nothing stands above it.")
    above, root = ISSUED_BY[role], issuer.public(KeyRole.ROOT)
    chain: tuple[str, ...] = ()
    if above is not KeyRole.ROOT:
        chain = issuer.chain(above)
        own = verify_chain(chain, root, above, revoked=revocations(issuer)).standing()
        hall = own.hall if above is KeyRole.HALL else hall
    made = certify(
        role,
        public,
        issuer.signing(above),
        chain,
        not_before=now - EARLY,
        not_after=now + timedelta(days=days or DAYS[role]),
        hall=hall,
        seat=seat,
        recipient=recipient,
    )
    verify_chain(made, root, role, revoked=revocations(issuer)).standing()
    return made


def is_protected(folder: KeyFolder, role: KeyRole) -> bool:
    """Whether a private half of a role's key is here and needs a passphrase."""
    files = [f"{role}{kind}" for kind in KINDS[role]]
    return any(folder.is_protected(file) for file in files if (folder.folder / file).exists())


def prepare(folder: KeyFolder, role: KeyRole, passphrase: str | None = None) -> str:
    """Make the successor of a key beside it, `NAME.next`, where there is none yet; return that name."""
    if not any((folder.folder / f"{role}{kind}.pub").exists() for kind in KINDS[role]):
        raise Refused(f"There is no {role} key in {folder.folder} to be exchanged. Make one: kiosk keys make {role}.")
    name = f"{role}{NEXT}"
    for kind in KINDS[role]:
        if not (folder.folder / f"{name}{kind}").exists():
            (folder.make_signing if kind == SIGNING else folder.make_identity)(name, passphrase)
    return name


def exchange(folder: KeyFolder, role: KeyRole, chain: Sequence[str] = ()) -> str:
    """Let a prepared successor take a key's place; return the name under which the old one stays readable.

    Raises Denied where `chain` certifies another key than the successor, or a revoked one.
    """
    name = f"{role}{NEXT}"
    if role in ISSUED_BY:
        holder = verify_chain(chain, folder.public(KeyRole.ROOT), role, revoked=revocations(folder)).standing()
        _must_be_for(holder, folder, role, name)
        folder.keep_chain(name, tuple(chain))
    return folder.turn_over(role)


def revocations(folder: KeyFolder) -> Revocations:
    """Return the newest revocation list of a folder that knows its root."""
    return RevocationFile(folder.folder, folder.public(KeyRole.ROOT)).read()


def strike(folder: KeyFolder, issuer: KeyFolder, entry: Mapping[str, str | None], now: datetime) -> Revocations:
    """Sign the next revocation list with the root key in `issuer`, and keep it in both folders.

    It follows the newest list either folder knows, so that none is ever forgotten. Raises Invalid for an entry that
    is not of this version, Denied for the root itself.
    """
    root = issuer.signing(KeyRole.ROOT)
    if root.public != folder.public(KeyRole.ROOT):
        raise Denied("That root key is not the one trusted here.")
    if entry.get("key") == root.public:
        raise Denied("The root cannot revoke itself. A new root is a new central office: see docs/keys.md.")
    try:
        document = RevokedDocument.model_validate({"serial": None, "key": None, "role": None, **entry, "at": iso(now)})
    except ValidationError as error:
        raise Invalid(f"this cannot be revoked: {words(error)}") from None
    newest = revoke(revocations(folder).newest(revocations(issuer)), document, root)
    for place in {issuer.folder, folder.folder}:
        RevocationFile(place, root.public).keep(newest)
    return newest


def _must_be_for(holder: Holder, folder: KeyFolder, role: KeyRole, name: str) -> None:
    recipient = folder.recipient(name) if IDENTITY in KINDS[role] else None
    if (holder.key, holder.recipient) != (folder.public(name), recipient):
        raise Denied(f"These certificates are for another key than the {role} key that waits here.")
    try:
        former = verify_chain(folder.chain(role), folder.public(KeyRole.ROOT), role)
    except KioskError:
        return  # the key before had no certificate that holds
    if (holder.hall, holder.seat) != (former.hall, former.seat):
        raise Denied(f"These certificates are for {holder.hall}, and this is {former.hall}.")
