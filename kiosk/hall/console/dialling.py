"""Dialling: one connection to the hub an address names, and to no other machine."""

import ssl
from typing import Protocol

from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from kiosk.exam.error import Invalid
from kiosk.views.authority import HallLost
from kiosk.wire.address import HubAddress
from kiosk.wire.console import LARGEST_TO_CONSOLE
from kiosk.wire.hub import CONSOLE_PATH, PROTOCOL

OPEN_SECONDS = 5.0
CLOSE_SECONDS = 1.0
_UNKNOWN_TOKEN = (401, 403)
_OLD_FILE = (
    "The hub does not know this console's address file. Carry its newest one here: hub.json in the hall's folder."
)


class Dial(Protocol):
    """Opens a line to the hub."""

    def __call__(self) -> ClientConnection:
        """Return a new line; raises HallLost, in words, where there is none to be had now."""
        ...


class Dialler:
    """Tries the URLs of an address in turn; the TLS certificate the hall signed is the only one believed."""

    def __init__(self, address: HubAddress, token: str) -> None:
        """Raises Invalid for a certificate that cannot be read. `token` is sent as the bearer, to that hub alone."""
        self._urls = tuple(f"{url.rstrip('/')}{CONSOLE_PATH}" for url in address.urls)
        self._token = token
        self._tls = pinned(address.certificate)

    def __call__(self) -> ClientConnection:
        """Return a line to the first URL that answers."""
        reason = "no address is known"
        for url in self._urls:
            try:
                return self._connect(url)
            except InvalidStatus as refusal:
                if refusal.response.status_code in _UNKNOWN_TOKEN:
                    raise HallLost(_OLD_FILE) from None
                reason = f"it answered {refusal.response.status_code}"
            except ssl.SSLError:
                reason = "what answers there does not show the hall's certificate"
            except (OSError, InvalidHandshake) as error:
                reason = getattr(error, "strerror", None) or "nothing answers there"
        raise HallLost(f"The hub cannot be reached: {reason}.")

    def _connect(self, url: str) -> ClientConnection:
        return connect(
            url,
            ssl=self._tls,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            subprotocols=[Subprotocol(PROTOCOL)],
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=LARGEST_TO_CONSOLE,
            proxy=None,
        )


def pinned(certificate: str) -> ssl.SSLContext:
    """Return the TLS that takes this certificate (PEM) and no other, under whatever name; raises Invalid."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError):
        raise Invalid("the certificate in this address cannot be read") from None
    return context
