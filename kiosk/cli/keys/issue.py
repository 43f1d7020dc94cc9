"""`kiosk keys make` and `certify`: keys come to be, and are vouched for by the key above them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.keys.key_place import Act, PlaceOption, Spot, allowed, find_spot
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.phrase import NewPassphraseOption, PassphraseOption, new_passphrase, use_passphrase
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.ground.home import Home
from kiosk.sealing.key import KeyFolder, KeyRole

if TYPE_CHECKING:
    from datetime import datetime

RoleArgument = Annotated[KeyRole, typer.Argument(help="What the key is for.")]
IssuerOption = Annotated[
    Path | None,
    typer.Option(
        "--issuer", help="Folder with the key that certifies, such as the root's medium.", show_default="this home"
    ),
]
DaysOption = Annotated[int | None, typer.Option("--days", min=1, max=7300, help="How many days the certificate runs.")]


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
    phrase = must_have(new_passphrase(new_file)) if is_protected else None
    key_name = _key_name(role, name)
    with allowed(here, spot, Act("make", key_name), user, second):
        ceremony.make(spot.folder, role, key_name, phrase)
        chain = try_issue(here, spot, role, key_name, issuer)
        if chain:
            spot.folder.keep_chain(key_name, chain)
    _say_made(spot, role, key_name, bool(chain), as_json)


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
    spot = issuer_spot(here, role, issuer)
    act = Act("certify", public, {"role": role.value, "hall": hall, "seat": seat})
    with allowed(here, spot, act, user, second):
        chain = ceremony.issue(
            spot.folder, role, public, present(), days=days, hall=hall, seat=seat, recipient=recipient
        )
        if to is not None:
            write_copy(to.parent, to.name, "".join(f"{c}\n" for c in chain).encode("ascii"))
    if as_json:
        put_json({"role": role.value, "public": public, "certificates": list(chain), "file": to and str(to)})
    else:
        put_text(f"Certified; the certificates are in {to}." if to else "\n".join(chain))


def try_issue(here: Home, spot: Spot, role: KeyRole, name: str, issuer: Path | None) -> tuple[str, ...]:
    """Return new certificates where the key above is at hand, and none where it is elsewhere or not needed."""
    from kiosk.sealing import ceremony
    from kiosk.sealing.certificate import ISSUED_BY, verify_chain

    if role not in ISSUED_BY:
        return ()
    above = issuer_spot(here, role, issuer)
    if not above.folder.has_signing(ISSUED_BY[role]):
        return ()
    public = spot.folder.public(name)
    if role is not KeyRole.HALL:
        return ceremony.issue(above.folder, role, public, present())
    try:
        held = verify_chain(spot.folder.chain(role), spot.folder.public(KeyRole.ROOT), role)
    except KioskError:
        return ()  # the first certificate of a hall comes with its first package
    return ceremony.issue(above.folder, role, public, present(), hall=held.hall, recipient=spot.folder.recipient(name))


def issuer_spot(here: Home, role: KeyRole, issuer: Path | None) -> Spot:
    """Return where the key above a role is; raises Invalid for a role that has none above it."""
    from kiosk.sealing.certificate import ISSUED_BY

    if role not in ISSUED_BY:
        raise Invalid(f"A {role} key has no certificate: nothing stands above it.")
    return find_spot(here, None if issuer is None else str(issuer), ISSUED_BY[role])


def _key_name(role: KeyRole, name: str | None) -> str:
    if role is not KeyRole.PROCTOR:
        if name is not None:
            raise Invalid("Only a proctor's key has a name of its own.")
        return role.value
    if not name or len(name) > 32 or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise Invalid("Name the proctor with letters, digits, - and _: --name NAME.")
    return f"{role}-{name}"


def must_have(phrase: str | None) -> str:
    """Return a passphrase that was asked for; raises Refused where none was given."""
    if phrase is None:
        raise Refused("No passphrase was given. Type it at a terminal, or use --new-passphrase-file.")
    return phrase


def publics_of(folder: KeyFolder, role: KeyRole, name: str) -> dict[str, str]:
    """Return the public halves of a key: of signing, of sealing, or of both."""
    from kiosk.sealing.ceremony import KINDS
    from kiosk.sealing.key_file import SIGNING

    kinds = KINDS[role]
    found = {"public": folder.public(name)} if SIGNING in kinds else {}
    return found | ({"recipient": folder.recipient(name)} if len(kinds) > 1 or SIGNING not in kinds else {})


def _say_made(spot: Spot, role: KeyRole, name: str, is_certified: bool, as_json: bool) -> None:
    facts: dict[str, Any] = {"role": role.value, "place": spot.label, "name": name, "certified": is_certified}
    facts |= publics_of(spot.folder, role, name)
    if as_json:
        put_json(facts)
        return
    put_text(f"{name} made in {spot.folder.folder}{', certified' if is_certified else ''}.")
    for what in ("public", "recipient"):
        if what in facts:
            put_text(f"{what:9} {facts[what]}")


def present() -> "datetime":
    """Return the present time."""
    from kiosk.exam.moment import parse_iso
    from kiosk.ground.clock import SystemClock

    return parse_iso(SystemClock().now().at)
