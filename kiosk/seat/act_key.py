"""The key by which a seat knows its hall's codes for acts, kept with the seat's own keys."""

from kiosk.exam.error import KioskError
from kiosk.ground.home import Place
from kiosk.sealing.key_file import read_private, replace_file
from kiosk.wire.enrolment import EnrolmentDocument

ACT_KEY = "act.key"
KEY_BYTES = 32


def keep_act_key(place: Place, enrolment: EnrolmentDocument) -> None:
    """Keep the key an enrolment brought; one that brought none leaves an older one as it is."""
    if enrolment.act_key is None:
        return
    key, path = bytes.fromhex(enrolment.act_key), place.keys / ACT_KEY
    if not path.exists() or path.read_bytes() != key:
        replace_file(path, key, 0o600)


def read_act_key(place: Place) -> bytes | None:
    """Return the key, or None on a seat that was given none; raises KioskError for a damaged one."""
    path = place.keys / ACT_KEY
    if not path.exists():
        return None
    key = read_private(path)
    if len(key) != KEY_BYTES:
        raise KioskError(f"{path} is damaged. Enrol the seat again.")
    return key
