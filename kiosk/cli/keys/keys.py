"""`kiosk keys`: what keys there are, and the ceremonies that make, certify, exchange, protect and revoke them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.keys import drilling, issue, rotation
from kiosk.cli.keys.issue import IssuerOption, present
from kiosk.cli.keys.key_place import Act, PlaceOption, Spot, all_spots, allowed, find_spot
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.phrase import PassphraseOption, use_passphrase
from kiosk.exam.error import Invalid
from kiosk.ground.home import Home
from kiosk.sealing.key import KeyFolder, KeyRole

if TYPE_CHECKING:
    from kiosk.sealing.inventory import KeyFact

app = typer.Typer(help="Keys: listed, made, certified, exchanged, protected, revoked; the drill.", no_args_is_help=True)
app.command()(issue.make)
app.command()(issue.certify)
app.command()(rotation.rotate)
app.command()(rotation.protect)
app.command()(drilling.drill)

LARGEST_LIST = 2 * 2**20


@app.command("list")
def list_keys(place: PlaceOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List keys, their certificates, where their private halves are, and what to do. Asks for no passphrase."""
    from kiosk.cli.table import put_table
    from kiosk.sealing.inventory import inventory

    here, now = Home.at(home), present()
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
            made = ceremony.strike(spot.folder, KeyFolder(issuer) if issuer else spot.folder, entry, present())
    if as_json:
        put_json({"number": made.number, "entries": [e.model_dump(mode="json") for e in made.entries]})
        return
    put_text(f"Revocation list {made.number} with {len(made.entries)} entries: {spot.folder.folder / FILE}")
    put_text("It reaches halls with the next package, and seats with their next enrolment.")


def _entry(which: str, reason: str, role: KeyRole | None) -> Mapping[str, str | None]:
    if not reason.strip():
        raise Invalid("Say why with --reason: it is what people at the halls read.")
    is_key = len(which) == 64 and not set(which) - set("0123456789abcdef")
    return {"key" if is_key else "serial": which, "role": role and role.value, "reason": reason}


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
