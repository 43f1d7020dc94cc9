"""Custody of a store's key at its seat: in a file beside the store, or only sealed; and the way from one to the other.

On a sealed seat the key itself is in memory only. Each step leaves what the next one needs: a new sealing is proved by
the hall before it takes an older one's place, and the bare key goes last.
"""

import secrets
from collections.abc import Callable

from pydantic import ValidationError

from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Place, read_secret
from kiosk.sealing.copy import read_file, sync_folder
from kiosk.sealing.key_file import read_line, replace_file
from kiosk.sealing.shredding import shred
from kiosk.sealing.store_key import KEY_BYTES, wrap_key
from kiosk.seat.unlocking import LOCAL, OFFLINE, WRAPPED, unlock_by_hall, wrapped_key
from kiosk.views.authority import Keeper
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.store_key import WrappingDocument

KEY = "store.key"
CODE_LOCK = "store.key.code.pub"
WRAPPING = "store.key.wrapping"
GONE = "store.key.gone"
"""The bare key while it is destroyed: half overwritten it must not be taken for the key."""
_LARGEST = 4_096
Unlock = Callable[[], bytes]
"""Has the key of one sealed seat's store opened; raises KioskError where it stays shut."""


def is_sealed(place: Place) -> bool:
    """Whether the key of a seat's store is here only sealed."""
    return not (place.keys / KEY).exists() and (place.keys / WRAPPED).exists()


def seat_key(place: Place, unlock: Unlock | None = None) -> bytes:
    """Return the key of a seat's store as it is kept, changing nothing; raises Refused where nobody opens it."""
    if not is_sealed(place):
        return place.store_key()
    if unlock is None:
        raise Refused(
            f"The seat {place.folder.name} is sealed: its store opens with its hall, the escrow, or the code."
        )
    return unlock()


def settle_key(place: Place, enrolment: EnrolmentDocument, keeper: Keeper) -> bytes:
    """Return the key of a seat's store, kept from now on as the enrolment says."""
    if enrolment.is_sealed:
        return _seal(place, enrolment, keeper)
    if is_sealed(place):
        replace_file(place.keys / KEY, unlock_by_hall(place, enrolment, keeper), 0o600)
    key = place.store_key()
    left = (WRAPPING, OFFLINE, CODE_LOCK, LOCAL, GONE)
    if any((place.keys / name).exists() for name in left):
        wrap_store_key(place, enrolment, key)
        _drop(place, *left)
    return key


def wrap_store_key(place: Place, enrolment: EnrolmentDocument, key: bytes) -> None:
    """Seal a key to its keepers, in the place of an older sealing."""
    replace_file(place.keys / WRAPPED, wrap_key(key, enrolment.seat, enrolment.keepers), 0o600)


def keep_code_lock(place: Place, enrolment: EnrolmentDocument) -> None:
    """Keep what a sealing to the code needs, which is public, and the local secret; never the code or its key."""
    from kiosk.sealing.offline import LOCAL_BYTES, offline_identity

    assert enrolment.code_key is not None
    path = place.keys / LOCAL
    if not path.exists():
        replace_file(path, secrets.token_bytes(LOCAL_BYTES), 0o600)
    local = read_secret(path)
    if len(local) != LOCAL_BYTES:
        raise KioskError(f"{path} is damaged. Remove it; the next enrolment makes another.")
    lock = offline_identity(bytes.fromhex(enrolment.code_key), local, enrolment.seat).recipient
    lock_path = place.keys / CODE_LOCK
    if not lock_path.exists() or read_line(lock_path) != lock:
        replace_file(lock_path, f"{lock}\n".encode("ascii"), 0o644)


def _seal(place: Place, enrolment: EnrolmentDocument, keeper: Keeper) -> bytes:
    bare = place.keys / KEY
    _drop(place, f"{KEY}.new", GONE)  # left by a power cut on the way from one to the other
    if bare.exists():
        key = read_secret(bare)
        if not _wrap(place, enrolment, keeper, key):
            _prove(place, enrolment, keeper, key, wrapped_key(place))
        bare.replace(place.keys / GONE)
        sync_folder(place.keys)
        _drop(place, GONE)
        return key
    if is_sealed(place):
        key = unlock_by_hall(place, enrolment, keeper)
    elif place.store.exists():
        raise KioskError(f"The key file {place.keys / WRAPPED} is missing; the store cannot be opened without it.")
    else:
        key = secrets.token_bytes(KEY_BYTES)
    _wrap(place, enrolment, keeper, key)
    return key


def _wrap(place: Place, enrolment: EnrolmentDocument, keeper: Keeper, key: bytes) -> bool:
    """Seal a key to its keepers and to the code unless that was done; return whether it was done now."""
    lock = place.keys / CODE_LOCK
    code = read_line(lock) if lock.exists() else None
    wanted = WrappingDocument(version=1, keepers=enrolment.keepers, code=code)
    copies = (WRAPPED, *([OFFLINE] if code else []))
    if _wrapping(place) == wanted and all((place.keys / name).exists() for name in copies):
        return False
    wrapped = wrap_key(key, enrolment.seat, enrolment.keepers)
    _prove(place, enrolment, keeper, key, wrapped)
    (place.keys / WRAPPING).unlink(missing_ok=True)
    sync_folder(place.keys)
    replace_file(place.keys / WRAPPED, wrapped, 0o600)
    if code is not None:
        replace_file(place.keys / OFFLINE, wrap_key(key, enrolment.seat, [code]), 0o600)
    replace_file(place.keys / WRAPPING, wanted.model_dump_json().encode("ascii"), 0o644)
    return True


def _prove(place: Place, enrolment: EnrolmentDocument, keeper: Keeper, key: bytes, wrapped: bytes) -> None:
    """Raise Refused unless the hall opens a sealed copy to this key: nothing else would, once the bare key is gone."""
    if unlock_by_hall(place, enrolment, keeper, wrapped) != key:
        raise Refused("The hall does not give this seat's key back, so it was not sealed. Enrol the seat again.")


def _wrapping(place: Place) -> WrappingDocument | None:
    path = place.keys / WRAPPING
    if not path.exists():
        return None
    try:
        return WrappingDocument.model_validate_json(read_file(path, _LARGEST))
    except ValidationError:
        return None  # it is made again with the copies it tells of


def _drop(place: Place, *names: str) -> None:
    for name in names:
        if (place.keys / name).exists():
            shred(place.keys / name)
            sync_folder(place.keys)
