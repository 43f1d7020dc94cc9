"""`kiosk keys`: what keys there are, and the ceremonies that make, certify, exchange, protect and revoke them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.keys import drilling
from kiosk.cli.keys.key_place import Act, PlaceOption, Spot, all_spots, allowed, find_spot
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.phrase import NewPassphraseOption, PassphraseOption, new_passphrase, use_passphrase
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.ground.home import Home
from kiosk.sealing.key import KeyFolder, KeyRole

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.sealing.inventory import KeyFact

app = typer.Typer(help="Keys: listed, made, certified, exchanged, protected, revoked; the drill.", no_args_is_help=True)
app.command()(drilling.drill)

RoleArgument = Annotated[KeyRole, typer.Argument(help="What the key is for.")]
IssuerOption = Annotated[
    Path | None,
    typer.Option(
        "--issuer", help="Folder with the key that certifies, such as the root's medium.", show_default="this home"
    ),
]
DaysOption = Annotated[int | None, typer.Option("--days", min=1, max=7300, help="How many days the certificate runs.")]
LARGEST_LIST = 2 * 2**20


@app.command("list")
def list_keys(place: PlaceOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List keys, their certificates, where their private halves are, and what to do. Asks for no passphrase."""
    from kiosk.cli.table import put_table
    from kiosk.sealing.inventory import inventory

    here, now = Home.at(home), _now()
    spots = all_spots(here) if place is None else (find_spot(here, place),)
    found = [(spot, fact) for spot in spots for fact in inventory(spot.folder, now)]
    if as_json:
        put_json([_key_document(spot, fact) for spot, fact in found])
        return
    if not found:
        put_text("There are no keys here yet. Central's are made by kiosk central init, a hall's by kiosk hall init.")
        return
    put_table(("place", "key", "public", "until", "private", "what to do"), [_row(spot, fact) for spot, fact in found])


@app.command()
def make(
    role: RoleArgument,
    name: Annotated[str | None, typer.Option("--name", help="Name of the proctor.")] = None,
    place: PlaceOption = None,
    issuer: IssuerOption = None,
    is_protected: Annotated[bool, typer.Option("--protect", help="Protect it by a passphrase.")] = False,
    new_file: NewPassphraseOption = None,
    passphrase_file: PassphraseOption = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key, and certify it where the key above it is at hand. What exists is exchanged with rotate."""
    from kiosk.sealing import ceremony

    use_passphrase(passphrase_file)
    here = Home.at(home)
    spot = find_spot(here, place, role)
    phrase = _must_have(new_passphrase(new_file)) if is_protected else None
    key_name = _key_name(role, name)
    with allowed(here, spot, Act("make", key_name), user, second):
        ceremony.make(spot.folder, role, key_name, phrase)
        chain = _try_issue(here, spot, role, key_name, issuer)
        if chain:
            spot.folder.keep_chain(key_name, chain)
    _say_made(spot, role, key_name, bool(chain), as_json)


@app.command()
def certify(
    role: RoleArgument,
    public: Annotated[str, typer.Argument(help="The public key, as hex.")],
    recipient: Annotated[str | None, typer.Option("--recipient", help="A hall's age recipient.")] = None,
    hall: Annotated[str | None, typer.Option("--hall", help="Name of the hall.")] = None,
    seat: Annotated[str | None, typer.Option("--seat", help="Name of the seat.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="New file for the certificates.")] = None,
    days: DaysOption = None,
    issuer: IssuerOption = None,
    passphrase_file: PassphraseOption = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign the certificate of a public key with the key above its role: root, release or hall."""
    from kiosk.sealing import ceremony
    from kiosk.sealing.copy import write_copy

    use_passphrase(passphrase_file)
    here = Home.at(home)
    spot = _issuer_spot(here, role, issuer)
    act = Act("certify", public, {"role": role.value, "hall": hall, "seat": seat})
    with allowed(here, spot, act, user, second):
        chain = ceremony.issue(spot.folder, role, public, _now(), days=days, hall=hall, seat=seat, recipient=recipient)
        if to is not None:
            write_copy(to.parent, to.name, "".join(f"{c}\n" for c in chain).encode("ascii"))
    if as_json:
        put_json({"role": role.value, "public": public, "certificates": list(chain), "file": to and str(to)})
    else:
        put_text(f"Certified; the certificates are in {to}." if to else "\n".join(chain))


@app.command()
def rotate(
    role: RoleArgument,
    place: PlaceOption = None,
    issuer: IssuerOption = None,
    certificates: Annotated[
        Path | None, typer.Option("--certificates", help="File of certificates made elsewhere for the next key.")
    ] = None,
    new_file: NewPassphraseOption = None,
    passphrase_file: PassphraseOption = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Exchange a key for a new one; the old one is kept under a number and still opens what was sealed to it.

    Where the key above it is elsewhere, the new key waits as NAME.next until its certificates are brought. A protected
    key's successor is protected as well.
    """
    use_passphrase(passphrase_file)
    here = Home.at(home)
    spot = find_spot(here, place, role)
    if role in (KeyRole.ROOT, KeyRole.PROCTOR):
        raise Refused(f"A {role} key is not exchanged: see docs/keys.md for what to do instead.")
    with allowed(here, spot, Act("rotate", role.value), user, second):
        former = _rotate(here, spot, role, issuer, certificates, new_file)
    name = role.value if former else f"{role}.next"
    facts = {"role": role.value, "place": spot.label, "former": former, **_publics(spot.folder, role, name)}
    if as_json:
        put_json(facts)
    elif former:
        put_text(f"The {role} key is new; the old one is kept as {former}.")
    else:
        put_text(_waiting_words(role, facts))


@app.command()
def protect(
    role: RoleArgument,
    place: PlaceOption = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the protection away.")] = False,
    new_file: NewPassphraseOption = None,
    passphrase_file: PassphraseOption = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
) -> None:
    """Protect a private key by a passphrase, change the passphrase, or take it away. It is typed, never an argument."""
    from kiosk.sealing.ceremony import KINDS

    use_passphrase(passphrase_file)
    here = Home.at(home)
    spot = find_spot(here, place, role)
    if role is KeyRole.SEAT and not remove:
        raise Refused("A seat's key is used before anybody can be asked; it stays as it is, and lasts 30 days.")
    phrase = None if remove else _must_have(new_passphrase(new_file))
    with allowed(here, spot, Act("protect", role.value, {"protected": not remove}), user, second):
        for kind in KINDS[role]:
            spot.folder.protect(f"{role}{kind}", phrase)
    put_text(f"The {role} key is {'no longer ' if remove else ''}protected by a passphrase.")


@app.command()
def revoke(
    which: Annotated[str | None, typer.Argument(help="Serial of a certificate, or a public key as hex.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words.")] = "",
    role: Annotated[KeyRole | None, typer.Option("--role", help="What the key was for.")] = None,
    given: Annotated[
        Path | None, typer.Option("--from", help="Take in a list the root signed elsewhere, instead of signing one.")
    ] = None,
    place: PlaceOption = None,
    issuer: IssuerOption = None,
    passphrase_file: PassphraseOption = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a certificate or a key with the root key. The list travels in every package and enrolment after.

    What central signed under it is refused from then on; candidates' bundles under it are held for a decision.
    """
    from kiosk.sealing import ceremony
    from kiosk.sealing.copy import read_file
    from kiosk.sealing.revocation import FILE, RevocationFile, read_revocations

    use_passphrase(passphrase_file)
    here = Home.at(home)
    spot = find_spot(here, place, KeyRole.ROOT)
    if (which is None) == (given is None):
        raise Invalid("Say what to revoke, or give a list with --from.")
    root = spot.folder.public(KeyRole.ROOT)
    with allowed(here, spot, Act("revoke", which or str(given), {"reason": reason}), user, second):
        if given is not None:
            made = RevocationFile(spot.folder.folder, root).keep(read_revocations(read_file(given, LARGEST_LIST), root))
        else:
            entry = _entry(str(which), reason, role)
            made = ceremony.strike(spot.folder, KeyFolder(issuer) if issuer else spot.folder, entry, _now())
    if as_json:
        put_json({"number": made.number, "entries": [e.model_dump(mode="json") for e in made.entries]})
        return
    put_text(f"Revocation list {made.number} with {len(made.entries)} entries: {spot.folder.folder / FILE}")
    put_text("It reaches halls with the next package, and seats with their next enrolment.")


def _rotate(
    here: Home, spot: Spot, role: KeyRole, issuer: Path | None, certificates: Path | None, new_file: Path | None
) -> str | None:
    from kiosk.sealing import ceremony

    if role is KeyRole.SEAT:
        return _rotate_seat(here, spot)
    if role is KeyRole.HALL and spot.label == "hall":
        _must_be_quiet(here)
    must_protect = certificates is None and ceremony.is_protected(spot.folder, role)
    name = ceremony.prepare(spot.folder, role, _must_have(new_passphrase(new_file)) if must_protect else None)
    if certificates is not None:
        chain = tuple(certificates.read_text(encoding="ascii", errors="replace").split())
    else:
        chain = _try_issue(here, spot, role, name, issuer)
    if not chain and role not in (KeyRole.INTAKE, KeyRole.ESCROW):
        return None
    return ceremony.exchange(spot.folder, role, chain)


def _rotate_seat(here: Home, spot: Spot) -> str:
    from kiosk.cli.hall.hall import open_hall_of
    from kiosk.sealing import ceremony
    from kiosk.seat.place import settle_seat

    if not spot.label.startswith("seat:"):
        raise Invalid("Give the seat by its name: --place seat:NAME.")
    name = spot.label.removeprefix("seat:")
    coming = spot.folder.public(ceremony.prepare(spot.folder, KeyRole.SEAT))
    hall = open_hall_of(here)
    try:
        enrolment = hall.enrol(name, coming)
    finally:
        hall.close()
    former = spot.folder.turn_over(KeyRole.SEAT)
    settle_seat(here.seat(name), enrolment)
    return former


def _must_be_quiet(here: Home) -> None:
    """Raise Refused while a sitting of the hall is not sealed: its leases are signed by the key that would go."""
    from kiosk.cli.unsealing import opened_store
    from kiosk.exam.attempt import Phase
    from kiosk.hall.place import hall_store

    running = 0
    if here.hall.exists:
        store = hall_store(here.hall)
        try:
            over = (Phase.HANDED_IN, Phase.SEALED, Phase.MOVED)
            running += sum(p.phase not in over for p in store.permits.all_progress())
        finally:
            store.close()
    for name in here.seats():
        if here.seat(name).exists:
            seat = opened_store(here, name)
            try:
                running += sum(line.bundle_id is None for line in seat.sittings())
            finally:
                seat.close()
    if running:
        raise Refused(f"{running} sittings of this hall are not sealed. Seal them first: kiosk bundle export FOLDER.")


def _try_issue(here: Home, spot: Spot, role: KeyRole, name: str, issuer: Path | None) -> tuple[str, ...]:
    """Return new certificates where the key above is at hand, and none where it is elsewhere or not needed."""
    from kiosk.sealing import ceremony
    from kiosk.sealing.certificate import ISSUED_BY, verify_chain

    if role not in ISSUED_BY:
        return ()
    above = _issuer_spot(here, role, issuer)
    if not above.folder.has_signing(ISSUED_BY[role]):
        return ()
    public = spot.folder.public(name)
    if role is not KeyRole.HALL:
        return ceremony.issue(above.folder, role, public, _now())
    try:
        held = verify_chain(spot.folder.chain(role), spot.folder.public(KeyRole.ROOT), role)
    except KioskError:
        return ()  # the first certificate of a hall comes with its first package
    return ceremony.issue(above.folder, role, public, _now(), hall=held.hall, recipient=spot.folder.recipient(name))


def _issuer_spot(here: Home, role: KeyRole, issuer: Path | None) -> Spot:
    from kiosk.sealing.certificate import ISSUED_BY

    if role not in ISSUED_BY:
        raise Invalid(f"A {role} key has no certificate: nothing stands above it.")
    return find_spot(here, None if issuer is None else str(issuer), ISSUED_BY[role])


def _entry(which: str, reason: str, role: KeyRole | None) -> Mapping[str, str | None]:
    if not reason.strip():
        raise Invalid("Say why with --reason: it is what people at the halls read.")
    is_key = len(which) == 64 and not set(which) - set("0123456789abcdef")
    return {"key" if is_key else "serial": which, "role": role and role.value, "reason": reason}


def _key_name(role: KeyRole, name: str | None) -> str:
    if role is not KeyRole.PROCTOR:
        if name is not None:
            raise Invalid("Only a proctor's key has a name of its own.")
        return role.value
    if not name or len(name) > 32 or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise Invalid("Name the proctor with letters, digits, - and _: --name NAME.")
    return f"{role}-{name}"


def _must_have(phrase: str | None) -> str:
    if phrase is None:
        raise Refused("No passphrase was given. Type it at a terminal, or use --new-passphrase-file.")
    return phrase


def _publics(folder: KeyFolder, role: KeyRole, name: str) -> dict[str, str]:
    from kiosk.sealing.ceremony import KINDS
    from kiosk.sealing.key_file import SIGNING

    kinds = KINDS[role]
    found = {"public": folder.public(name)} if SIGNING in kinds else {}
    return found | ({"recipient": folder.recipient(name)} if len(kinds) > 1 or SIGNING not in kinds else {})


def _say_made(spot: Spot, role: KeyRole, name: str, is_certified: bool, as_json: bool) -> None:
    facts: dict[str, Any] = {"role": role.value, "place": spot.label, "name": name, "certified": is_certified}
    facts |= _publics(spot.folder, role, name)
    if as_json:
        put_json(facts)
        return
    put_text(f"{name} made in {spot.folder.folder}{', certified' if is_certified else ''}.")
    for what in ("public", "recipient"):
        if what in facts:
            put_text(f"{what:9} {facts[what]}")


def _waiting_words(role: KeyRole, facts: Mapping[str, Any]) -> str:
    recipient = f" --recipient {facts['recipient']}" if "recipient" in facts else ""
    return (
        f"The next {role} key waits for its certificates. Where the key above it is:\n"
        f"  kiosk keys certify {role} {facts['public']}{recipient} --to FILE\n"
        f"and then here:\n  kiosk keys rotate {role} --certificates FILE"
    )


def _key_document(spot: Spot, fact: "KeyFact") -> dict[str, Any]:
    certificate = fact.certificate
    return {
        "place": spot.label,
        "name": fact.name,
        "role": fact.role.value,
        "file": str(fact.file),
        "public": fact.public,
        "here": fact.is_here,
        "protected": fact.is_protected,
        "former": fact.is_former,
        "revoked": fact.is_revoked,
        "serial": certificate.serial if certificate else None,
        "hall": certificate.hall if certificate else None,
        "notBefore": certificate.not_before if certificate else None,
        "notAfter": certificate.not_after if certificate else None,
        "advice": fact.advice,
    }


def _row(spot: Spot, fact: "KeyFact") -> tuple[str, ...]:
    until = fact.certificate.not_after[:10] if fact.certificate else "-"
    private = ("protected" if fact.is_protected else "open") if fact.is_here else "not here"
    name = f"{fact.name} (age)" if fact.public.startswith("age1") else fact.name
    return spot.label, name, fact.public[:16], until, private, fact.advice


def _now() -> "datetime":
    from kiosk.exam.moment import parse_iso
    from kiosk.ground.clock import SystemClock

    return parse_iso(SystemClock().now().at)
