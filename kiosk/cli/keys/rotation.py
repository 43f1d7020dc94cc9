"""`kiosk keys rotate` and `protect`: a key is exchanged for its successor, or shut behind a passphrase."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.cli.keys.issue import IssuerOption, RoleArgument, must_have, publics_of, try_issue
from kiosk.cli.keys.key_place import Act, PlaceOption, Spot, allowed, find_spot
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.phrase import NewPassphraseOption, PassphraseOption, new_passphrase, use_passphrase
from kiosk.exam.error import Invalid, Refused
from kiosk.ground.home import Home
from kiosk.sealing.key import KeyRole


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
    facts = {"role": role.value, "place": spot.label, "former": former, **publics_of(spot.folder, role, name)}
    if as_json:
        put_json(facts)
    elif former:
        put_text(f"The {role} key is new; the old one is kept as {former}.")
    else:
        put_text(_waiting_words(role, facts))


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
    phrase = None if remove else must_have(new_passphrase(new_file))
    with allowed(here, spot, Act("protect", role.value, {"protected": not remove}), user, second):
        for kind in KINDS[role]:
            spot.folder.protect(f"{role}{kind}", phrase)
    put_text(f"The {role} key is {'no longer ' if remove else ''}protected by a passphrase.")


def _rotate(
    here: Home, spot: Spot, role: KeyRole, issuer: Path | None, certificates: Path | None, new_file: Path | None
) -> str | None:
    from kiosk.sealing import ceremony

    if role is KeyRole.SEAT:
        return _rotate_seat(here, spot)
    if role is KeyRole.HALL and spot.label == "hall":
        _must_be_quiet(here)
    must_protect = certificates is None and ceremony.is_protected(spot.folder, role)
    name = ceremony.prepare(spot.folder, role, must_have(new_passphrase(new_file)) if must_protect else None)
    if certificates is not None:
        chain = tuple(certificates.read_text(encoding="ascii", errors="replace").split())
    else:
        chain = try_issue(here, spot, role, name, issuer)
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


def _waiting_words(role: KeyRole, facts: Mapping[str, Any]) -> str:
    recipient = f" --recipient {facts['recipient']}" if "recipient" in facts else ""
    return (
        f"The next {role} key waits for its certificates. Where the key above it is:\n"
        f"  kiosk keys certify {role} {facts['public']}{recipient} --to FILE\n"
        f"and then here:\n  kiosk keys rotate {role} --certificates FILE"
    )
