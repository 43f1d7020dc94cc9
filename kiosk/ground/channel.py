"""A channel: TLS over a socket, on which one thread may listen while others speak.

OpenSSL wants one thread at a time at a connection (openssl-threads(7)), and an `SSLSocket` that is read and written at
once loses what is said now and then. Here the TLS state is held under a lock, and nobody waits for the network in it.
"""

import socket
import ssl
from contextlib import suppress
from threading import Lock

MOST_AT_ONCE = 65_536
"""Bytes taken from the network at once."""


class Channel:
    """The part of a socket's interface that a WebSocket line uses; `recv` is for one thread, the rest for any."""

    def __init__(self, bare: socket.socket, context: ssl.SSLContext, name: str | None) -> None:
        """Shake hands over a connected socket, within its timeout; raises OSError where that fails."""
        self._bare = bare
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._coming, self._going, server_hostname=name)
        self._state = Lock()
        """Of the TLS state; held for no longer than it takes to cipher."""
        self._is_over = False
        """Whether the other end said that it says no more; it may wait for us to hang up."""
        self._order = Lock()
        """Of what leaves: records go out in the order they were made."""
        self._shake_hands()

    @property
    def certificate(self) -> bytes:
        """The certificate the other end showed (DER)."""
        return self._tls.getpeercert(binary_form=True) or b""

    @property
    def family(self) -> int:
        """The family of the address."""
        return self._bare.family

    def recv(self, most: int) -> bytes:
        """Wait for something said and return all of it that has come; nothing once the other end will say no more."""
        while not self._is_over:
            data = self._bare.recv(max(most, MOST_AT_ONCE))
            with self._state:
                self._coming.write(data) if data else self._coming.write_eof()
                said = self._read()
                has_answer = self._going.pending > 0
            if has_answer:
                with suppress(OSError):  # what was said before the line was cut is said all the same
                    self._flush()
            if said or not data:
                return said
        return b""

    def sendall(self, data: bytes) -> None:
        """Say something; raises OSError where the line is cut."""
        with self._order:
            with self._state:
                self._tls.write(data)
                records = self._going.read()
            self._bare.sendall(records)

    def shutdown(self, how: int) -> None:
        """End one direction or both, and wake who listens."""
        self._bare.shutdown(how)

    def close(self) -> None:
        """End the channel, and wake who listens."""
        with suppress(OSError):
            self._bare.shutdown(socket.SHUT_RDWR)
        self._bare.close()

    def fileno(self) -> int:
        """Return what a selector watches."""
        return self._bare.fileno()

    def settimeout(self, seconds: float | None) -> None:
        """Let each wait for the network end after some seconds, with TimeoutError; None waits for ever."""
        self._bare.settimeout(seconds)

    def setsockopt(self, level: int, option: int, value: int) -> None:
        """Set an option of the socket."""
        self._bare.setsockopt(level, option, value)

    def getsockname(self) -> object:
        """Return the address of this end."""
        return self._bare.getsockname()

    def getpeername(self) -> object:
        """Return the address of the other end."""
        return self._bare.getpeername()

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                data = self._bare.recv(MOST_AT_ONCE)
                if not data:
                    raise ConnectionResetError("the other end hung up") from None
                self._coming.write(data)
            else:
                self._flush()
                return

    def _read(self) -> bytes:
        """Return everything that can be deciphered now: what is left here, no selector tells of."""
        said = bytearray()
        try:
            while piece := self._tls.read(MOST_AT_ONCE):
                said += piece
            self._is_over = True
        except ssl.SSLWantReadError:
            return bytes(said)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self._is_over = True
        return bytes(said)

    def _flush(self) -> None:
        with self._order:
            with self._state:
                records = self._going.read()
            self._bare.sendall(records)
