"""Connecting: the address a technician brings is believed, kept, and used to enrol the seat and to open its link."""

from pydantic import ValidationError
from websockets.exceptions import ConnectionClosed

from kiosk.exam.error import Denied, Invalid
from kiosk.exam.moment import Clock
from kiosk.ground.dialling import Dialler, hang_up
from kiosk.ground.home import Place, read_secret
from kiosk.sealing.address import parse_address, read_address
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.key_file import replace_file
from kiosk.sealing.revocation import RevocationFile
from kiosk.seat.caller import LOST, error_of
from kiosk.seat.link.greeting import Credentials
from kiosk.seat.link.link import Link
from kiosk.seat.place import BUILD, HUB, NAME, ROOT, make_seat, read_enrolment, settle_seat
from kiosk.views.authority import HallLost
from kiosk.wire.address import AddressFile, EnrolRequest, HubAddress
from kiosk.wire.document import words
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.hub import ENROL_PATH, SEAT_PATH, Farewell

ENROL_SECONDS = 30.0


def connect_seat(place: Place, seat: str, data: bytes, root: str | None = None) -> HubAddress:
    """Enrol a seat with the hub of an address file and keep the file; return the address.

    `root` is the public key of the central office, as a technician knows it. A seat that knows one already believes no
    other; one that knows none and is told none takes the file's word. Nothing is kept unless the hub takes the seat.
    """
    place.make()
    file = parse_address(data)
    address = _believed(place, file, root)
    enrolment = _enrol(Dialler(address.urls, address.certificate, ENROL_PATH, file.token), seat, make_seat(place))
    if (enrolment.seat, enrolment.root) != (seat, address.root):
        raise Denied("The hub enrolled another seat, or under another central office, than was asked.")
    settle_seat(place, enrolment)
    replace_file(place.folder / HUB, data, 0o600)
    return address


def open_link(place: Place, clock: Clock) -> Link:
    """Return the link of a connected seat, not yet started; raises KioskError where its files do not hold."""
    address = _believed(place, parse_address(read_secret(place.folder / HUB)), None)
    enrolment = read_enrolment(place)
    own = Credentials(
        hall=address.hall,
        seat=enrolment.seat,
        build=BUILD,
        chain=enrolment.chain,
        key=KeyFolder(place.keys).signing(NAME),
    )
    return Link(Dialler(address.urls, address.certificate, SEAT_PATH), own, clock)


def _believed(place: Place, file: AddressFile, root: str | None) -> HubAddress:
    keys = KeyFolder(place.keys)
    known = keys.public(ROOT) if keys.has_public(ROOT) else None
    if root is not None and known is not None and root != known:
        raise Denied("This seat knows another central office than the one that was named.")
    trusted = known or root
    if trusted is None:
        return read_address(file)
    return read_address(file, trusted, RevocationFile(place.keys, trusted).read())


def _enrol(dialler: Dialler, seat: str, public: str) -> EnrolmentDocument:
    line = dialler.dial()
    try:
        line.send(EnrolRequest(type="enrol", seat=seat, public=public).model_dump_json())
        answer = line.recv(timeout=ENROL_SECONDS)
    except (ConnectionClosed, OSError, TimeoutError):
        raise HallLost(LOST) from None
    finally:
        hang_up(line)
    try:
        if '"farewell"' in str(answer)[:100]:
            raise error_of(Farewell.model_validate_json(answer).fault)
        return EnrolmentDocument.model_validate_json(answer)
    except ValidationError as error:
        raise Invalid(f"the hub's answer is not of this version: {words(error)}") from None
