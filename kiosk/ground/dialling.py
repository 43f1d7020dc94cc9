"""Dialling: one connection to the hub an address names, and to no other machine."""

import hashlib
import hmac
import logging
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import cast
from urllib.parse import urlsplit

from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from kiosk.exam.error import Denied, Invalid
from kiosk.ground.channel import Channel
from kiosk.views.authority import HallLost
from kiosk.wire.hub import LARGEST_TO_SEAT, PROTOCOL

OPEN_SECONDS = 5.0
CLOSE_SECONDS = 1.0
PORT = 443
_UNKNOWN_TOKEN = 401
_wire_log = logging.getLogger("kiosk.dialling.wire")
"""What the WebSocket library says: below this level it tells tokens and PINs, and at any it writes over a screen."""


class Dialler:
    """Tries the URLs of an address in turn; the TLS certificate the hall signed is the only one believed.

    That certificate is compared byte for byte before a word is said, so that neither a name nor a wrong clock
    decides anything.
    """

    def __init__(self, urls: Sequence[str], certificate: str, path: str, token: str | None = None) -> None:
        """Take the hub's certificate as PEM, and what is sent as the bearer; raises Invalid for one unreadable."""
        try:
            self._certificate = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.strip())).hexdigest()
        except ValueError:
            raise Invalid("the certificate in this address cannot be read") from None
        _wire_log.setLevel(logging.CRITICAL)
        self._urls = list(urls)
        self._path = path
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_3
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE  # `_must_be_hub` believes one certificate, whoever signed others

    @property
    def certificate(self) -> str:
        """SHA-256 of the hub's certificate (DER), in hex."""
        return self._certificate

    def dial(self) -> ClientConnection:
        """Return a line to the first URL that answers, which is tried first the next time.

        Raises HallLost where none does, Denied where the hub does not know the token.
        """
        reason = "no address is known"
        for url in tuple(self._urls):
            try:
                line = self._connect(url)
            except InvalidStatus as refusal:
                if refusal.response.status_code == _UNKNOWN_TOKEN:
                    raise Denied("The hub does not know this address file. Carry its newest one here.") from None
                reason = f"it answered {refusal.response.status_code}"
            except _Stranger:
                reason = "what answers there does not show the hall's certificate"
            except (OSError, InvalidHandshake, EOFError) as error:
                reason = getattr(error, "strerror", None) or "nothing answers there"
            else:
                self._urls.remove(url)
                self._urls.insert(0, url)
                return line
        raise HallLost(f"The hub cannot be reached: {reason}.")

    def _connect(self, url: str) -> ClientConnection:
        parts = urlsplit(url)
        address = (parts.hostname or "", parts.port or PORT)
        bare = socket.create_connection(address, timeout=OPEN_SECONDS)
        try:
            line = Channel(bare, self._tls, parts.hostname)
        except BaseException:
            bare.close()
            raise
        try:
            self._must_be_hub(line)
            line.settimeout(None)
            return connect(
                f"ws://{parts.netloc}{self._path}",  # over TLS already
                sock=cast(socket.socket, line),
                additional_headers=self._headers,
                subprotocols=[Subprotocol(PROTOCOL)],
                compression=None,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,
                max_size=LARGEST_TO_SEAT,
                proxy=None,
                logger=_wire_log,
                legacy=True,  # the line is owned by whoever dials, not by a block
            )
        except BaseException:
            line.close()
            raise

    def _must_be_hub(self, line: Channel) -> None:
        if not hmac.compare_digest(hashlib.sha256(line.certificate).hexdigest(), self._certificate):
            raise _Stranger


def hang_up(line: ClientConnection) -> None:
    """End a line at once, also one whose other end is gone and on which somebody still waits to be heard."""
    with suppress(OSError):
        line.socket.shutdown(socket.SHUT_RDWR)
    line.close()


class _Stranger(Exception):
    """Another certificate than the hub's."""
