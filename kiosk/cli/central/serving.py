"""`kiosk central serve|token`: the door halls send bundles to, and what lets them in."""

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.central.door.site import DoorSite
    from kiosk.ground.certificate import DoorCertificate
    from kiosk.office.office import Office
    from storage.central.token import KeptToken

PORT = 8443


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at; 0.0.0.0 is every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes a free one.")] = PORT,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes; more than 1: PostgreSQL.")] = 1,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", help="PEM of the certificate.", show_default="one made here")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="PEM of its key, mode 0600.")] = None,
    plain_loopback: Annotated[
        bool, typer.Option("--plain-loopback", help="Plain HTTP on this machine's own address, behind a proxy.")
    ] = False,
    database_file: Annotated[
        Path | None, typer.Option("--database-file", help="File of mode 0600 with the URL of the PostgreSQL.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Folder with the root's public key and the receipt key alone.")
    ] = None,
    openapi: Annotated[bool, typer.Option("--openapi", help="Print the OpenAPI document and end.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the door: halls send bundles up and fetch receipts, releases and close-outs, over TLS.

    It reads no key that opens a bundle. SIGTERM or Ctrl+C ends it when what is in hand is done.
    """
    if openapi:
        from kiosk.central.door.app import describe

        typer.echo(json.dumps(describe(), ensure_ascii=False, indent=2))
        return
    from kiosk.central.door.server import DoorServer

    site = _site(Home.at(home), database_file, keys)
    certificate = None if plain_loopback else _certificate(site.keys, host, tls_certificate, tls_key)
    server = DoorServer(site=site, host=host, port=port, certificate=certificate, workers=workers)
    bound = server.bind()
    site.engine().dispose()  # what is wrong with the store is said here, before anybody is let in
    url = f"{'http' if certificate is None else 'https'}://{_at(host)}:{bound.getsockname()[1]}"
    fingerprint = None if certificate is None else certificate.fingerprint()
    if as_json:
        typer.echo(json.dumps({"url": url, "workers": workers, "fingerprint": fingerprint}))
    else:
        put_text(f"The door is open at {url}" + (f"\ncertificate SHA-256 {fingerprint}" if fingerprint else ""))
    server.run(bound)


def token(
    hall: Annotated[str | None, typer.Argument(help="Name of the hall.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="New connection file, for that hall alone.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="Days it is good for.")] = 90,
    url: Annotated[
        str | None, typer.Option("--url", help="Where the hall finds the door.", show_default="this machine's name")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="PEM of the door's certificate.", show_default="one made here")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="The door's certificate is by a public authority; none is pinned.")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the tokens there are.")] = False,
    revoke: Annotated[str | None, typer.Option("--revoke", help="Id of a token to take back at once.")] = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a hall in: write its connection file, with a new token in it. The token is never shown and never kept.

    Carry the file to the hall as you would a key: `kiosk hall connect FILE`.
    """
    from kiosk.central.token import ENROL
    from kiosk.central.token import revoke as take_back
    from kiosk.cli.place import open_office
    from storage.central.token import TokenStore

    if sum((listing, revoke is not None, hall is not None)) != 1 or (hall is None) != (to is None):
        raise typer.BadParameter("give a HALL and --to FILE, or --list, or --revoke ID")
    with open_office(home) as office:
        if listing:
            tokens = TokenStore(office.engine).tokens()
            now = office.now()
        elif revoke is not None:
            tokens, now = (take_back(office, office.acting(ENROL, user, second), revoke),), office.now()
        else:
            assert hall is not None
            assert to is not None
            pem = None if public else _pem(Home.at(home), url, certificate)
            actor = office.acting(ENROL, user, second)
            tokens, now = (_give(office, actor, hall, url or _own_url(), pem, days, to),), office.now()
    facts = [_facts(t, now) for t in tokens]
    if as_json:
        put_json(facts)
        return
    for fact in facts:
        put_text(f"{fact['token']}  {fact['hall']}  until {fact['notAfter']}  {fact['state']}")
    if to is not None:
        put_text(f"{to}: carry it to {hall}, and remove it when it is there.")


def _give(office: "Office", actor: Any, hall: str, url: str, pem: str | None, days: int, to: Path) -> "KeptToken":
    from kiosk.central.token import give
    from kiosk.ground.home import write_secret

    if to.exists():
        raise Refused(f"{to} exists already. Give another file.")
    kept, connection = give(office, actor, hall, url, pem, days)
    # should this fail, the token is known to nobody: it opens nothing, and is listed
    write_secret(to, connection.model_dump_json(indent=2).encode("utf-8") + b"\n")
    return kept


def _site(home: Home, database_file: Path | None, keys: Path | None) -> "DoorSite":
    from kiosk.central.door.limit import Limits
    from kiosk.central.door.site import DoorSite, must_be_bare, read_database

    if (database_file is None) != (keys is None):
        raise typer.BadParameter("--database-file and --keys go together")
    if database_file is not None and keys is not None:
        must_be_bare(keys)
        return DoorSite.of(read_database(database_file), None, keys, Limits())
    place = home.office
    server = place.folder / "database.url"
    if server.exists():
        return DoorSite.of(read_database(server), None, place.keys, Limits())
    if not place.exists:
        raise KioskError("There is no exam office here yet. Make one: kiosk central init.")
    return DoorSite.of(place.store, place.store_key(), place.keys, Limits())


def _certificate(folder: Path, host: str, given: Path | None, key: Path | None) -> "DoorCertificate":
    from kiosk.ground.certificate import DoorCertificate

    if (given is None) != (key is None):
        raise typer.BadParameter("--tls-certificate and --tls-key go together")
    if given is not None and key is not None:
        certificate = DoorCertificate(given, key)
        certificate.check()
        return certificate
    return _own(folder, host)


def _own(folder: Path, *names: str) -> "DoorCertificate":
    from kiosk.ground.certificate import DoorCertificate

    certificate = DoorCertificate.own(folder)
    reached = [n for n in names if n not in ("0.0.0.0", "::", "")]  # noqa: S104 - names to vouch for, not an address
    certificate.make([*reached, socket.gethostname(), "localhost", "127.0.0.1", "::1"], _now(), "exam-kiosk central")
    certificate.check()
    return certificate


def _pem(home: Home, url: str | None, given: Path | None) -> str:
    from kiosk.ground.certificate import DoorCertificate

    if given is not None:
        return DoorCertificate(given, given).pem()
    host = urlsplit(url or _own_url()).hostname
    if host is None:
        raise Invalid(f"{url} is not an address such as https://central.example.org:{PORT}")
    return _own(home.office.keys, host).pem()


def _own_url() -> str:
    return f"https://{socket.gethostname()}:{PORT}"


def _at(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _now() -> "datetime":
    from kiosk.exam.moment import parse_iso
    from kiosk.ground.clock import SystemClock

    return parse_iso(SystemClock().now().at)


def _facts(kept: "KeptToken", now: "datetime") -> dict[str, Any]:
    from kiosk.exam.moment import iso

    state = "revoked" if kept.revoked_at is not None else "run out" if kept.not_after <= now else "good"
    return {
        "token": kept.token_id,
        "hall": kept.hall,
        "madeAt": iso(kept.made_at),
        "madeBy": kept.made_by,
        "notAfter": iso(kept.not_after),
        "revokedAt": None if kept.revoked_at is None else iso(kept.revoked_at),
        "state": state,
    }
