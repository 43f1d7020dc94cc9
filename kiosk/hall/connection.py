"""The hall's connection to central: kept beside its keys, for the token in it is a secret; its TLS is pinned."""

import ssl
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.ground.home import Place, read_secret, write_secret
from kiosk.hall.keys import HallKeys
from kiosk.sealing.copy import sync_folder
from kiosk.sealing.key import KeyFolder
from kiosk.wire.connection import LARGEST_CONNECTION, ConnectionDocument
from kiosk.wire.document import words

if TYPE_CHECKING:
    from httpx import Client

FILE = "connection.json"
PATIENCE = 60.0
"""Seconds an answer is waited for; a mebibyte over a slow line takes some."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def read_connection(place: Place) -> ConnectionDocument:
    """Return the connection of a hall; raises KioskError where none was kept, or where others may read it."""
    try:
        data = read_secret(place.keys / FILE)
    except FileNotFoundError:
        raise KioskError(
            "This hall is not connected to central. Take the file of `kiosk central token`: kiosk hall connect FILE. "
            "Without a network: kiosk bundle export DIR; a paper opens by kiosk hall release TEST with --token FILE or "
            "--code."
        ) from None
    return parse_connection(data)


def keep_connection(place: Place, connection: ConnectionDocument) -> Path:
    """Keep a connection in place of an older one and return its file; raises Refused for one of another hall."""
    check_url(connection.url)
    try:
        own = HallKeys.load(KeyFolder(place.keys)).hall
    except KioskError:
        own = connection.hall  # no package has told this hall its name yet
    if own != connection.hall:
        raise Refused(f"This connection is for {connection.hall}, and this is {own}. Ask the office for the right one.")
    place.make()
    path = place.keys / FILE
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    write_secret(draft, connection.model_dump_json().encode("utf-8"))
    draft.replace(path)
    sync_folder(place.keys)
    return path


def parse_connection(data: bytes) -> ConnectionDocument:
    """Return the connection that bytes hold; raises Invalid for another shape."""
    if len(data) > LARGEST_CONNECTION:
        raise Invalid(f"a connection of {len(data):,} bytes is not read; at most {LARGEST_CONNECTION:,}")
    try:
        return ConnectionDocument.model_validate_json(data)
    except ValidationError as error:
        raise Invalid(f"this connection is not of this version: {words(error)}") from None


def check_url(url: str) -> str:
    """Return a URL without the slash at its end; raises Refused for one over which a token would travel open."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise Refused(f"{url} is not the address of central's door, such as https://central.example.org:8443.")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise Refused("Central is reached over https; plain http is for the same machine only.")
    return url.rstrip("/")


def open_client(connection: ConnectionDocument, url: str | None = None) -> "Client":
    """Return what speaks to central's door, at another address if one is given; nothing is sent yet."""
    import httpx

    return httpx.Client(
        base_url=check_url(url or connection.url),
        headers={"Authorization": f"Bearer {connection.token}"},
        verify=_tls(connection.certificate),
        timeout=PATIENCE,
        trust_env=False,
        follow_redirects=False,
    )


def _tls(certificate: str | None) -> ssl.SSLContext:
    """Return the TLS of a connection; one that pins a certificate takes it and no other, under whatever name."""
    if certificate is None:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cadata=certificate)
    except ssl.SSLError:
        raise Invalid("the certificate in this connection cannot be read") from None
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
