"""The greeting: a seat proves itself to the hub it has dialled."""

from dataclasses import dataclass, field

from websockets.sync.client import ClientConnection

from kiosk.exam.error import Denied, Invalid
from kiosk.sealing.key import SigningKey
from kiosk.sealing.seat_proof import sign_seat_proof
from kiosk.seat.caller import error_of
from kiosk.wire.hub import LOST_SECONDS, Admitted, Farewell, SeatHello, Welcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How a seat proves itself."""

    hall: str
    seat: str
    build: str
    chain: tuple[str, ...]
    key: SigningKey = field(repr=False)


def greet(line: ClientConnection, own: Credentials, certificate: str) -> None:
    """Prove the seat to the hub; `certificate` is the SHA-256 of the hub's own (DER), as the seat saw it.

    Raises Denied for the hub of another hall, what the hub says where it does not believe the seat, ValidationError
    for another protocol, TimeoutError or ConnectionClosed where nobody answers.
    """
    welcome = Welcome.model_validate_json(text_of(line.recv(timeout=LOST_SECONDS)))
    if welcome.hall != own.hall:
        raise Denied(f"This is the hub of {welcome.hall}, and the seat is one of {own.hall}.")
    proof = sign_seat_proof(own.hall, own.seat, welcome.nonce, certificate, own.key)
    hello = SeatHello(seat=own.seat, build=own.build, chain=own.chain, proof=proof)
    line.send(hello.model_dump_json())
    answer = text_of(line.recv(timeout=LOST_SECONDS))
    if '"farewell"' in answer[:100]:
        raise error_of(Farewell.model_validate_json(answer).fault)
    Admitted.model_validate_json(answer)


def text_of(data: str | bytes) -> str:
    """Return a message of the hub; raises Invalid for one that is no text."""
    if not isinstance(data, str):
        raise Invalid("messages of a hub are texts")
    return data
