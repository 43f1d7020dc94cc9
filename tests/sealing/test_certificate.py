from datetime import UTC, datetime, timedelta

import pytest

from kiosk.exam.error import Denied, KioskError, Tampered
from kiosk.sealing.certificate import certify, verify_chain
from kiosk.sealing.key import KeyRole, SigningKey

START = datetime(2026, 11, 2, tzinfo=UTC)
TIMES = {"not_before": START, "not_after": START + timedelta(days=1)}
NOON = "2026-11-02T12:00:00.000Z"


@pytest.fixture(scope="module")
def house():
    keys = {role: SigningKey.generate() for role in KeyRole}
    release = certify(KeyRole.RELEASE, keys[KeyRole.RELEASE].public, keys[KeyRole.ROOT], **TIMES)
    hall = certify(KeyRole.HALL, keys[KeyRole.HALL].public, keys[KeyRole.RELEASE], release, hall="north", **TIMES)
    seat = certify(KeyRole.SEAT, keys[KeyRole.SEAT].public, keys[KeyRole.HALL], hall, hall="north", seat="A1", **TIMES)
    return keys, {"release": release, "hall": hall, "seat": seat}


def test_a_chain_leads_to_the_root(house):
    keys, chains = house
    holder = verify_chain(chains["seat"], keys[KeyRole.ROOT].public, KeyRole.SEAT, NOON)
    assert (holder.key, holder.hall, holder.seat, holder.flags) == (keys[KeyRole.SEAT].public, "north", "A1", ())


def test_another_root_is_refused(house):
    _, chains = house
    with pytest.raises(Tampered):
        verify_chain(chains["seat"], SigningKey.generate().public, KeyRole.SEAT)


def test_a_key_has_one_role(house):
    keys, chains = house
    with pytest.raises(Denied, match="not a seat key"):
        verify_chain(chains["hall"], keys[KeyRole.ROOT].public, KeyRole.SEAT)


@pytest.mark.parametrize("at", ["2026-11-01T12:00:00.000Z", "2026-12-01T12:00:00.000Z"])
def test_out_of_time_is_flagged_and_not_refused(house, at):
    keys, chains = house
    holder = verify_chain(chains["seat"], keys[KeyRole.ROOT].public, KeyRole.SEAT, at)
    assert len(holder.flags) == 3


def test_a_hall_cannot_certify_for_another_hall(house):
    keys, chains = house
    foreign = certify(
        KeyRole.SEAT, keys[KeyRole.SEAT].public, keys[KeyRole.HALL], chains["hall"], hall="south", seat="A1", **TIMES
    )
    with pytest.raises(Denied, match="another hall"):
        verify_chain(foreign, keys[KeyRole.ROOT].public, KeyRole.SEAT)


@pytest.mark.parametrize(
    ("issuer", "role", "scope"),
    [
        ("release", KeyRole.SEAT, {"hall": "north", "seat": "A1"}),
        ("release", KeyRole.RECEIPT, {}),
        ("hall", KeyRole.HALL, {"hall": "north"}),
        ("seat", KeyRole.SEAT, {"hall": "north", "seat": "A2"}),
    ],
)
def test_nobody_certifies_what_is_not_theirs(house, issuer, role, scope):
    keys, chains = house
    chain = certify(role, SigningKey.generate().public, keys[KeyRole(issuer)], chains[issuer], **scope, **TIMES)
    with pytest.raises(KioskError):
        verify_chain(chain, keys[KeyRole.ROOT].public, role)


def test_a_seat_certificate_names_hall_and_seat(house):
    keys, chains = house
    chain = certify(KeyRole.SEAT, keys[KeyRole.SEAT].public, keys[KeyRole.HALL], chains["hall"], hall="north", **TIMES)
    with pytest.raises(Denied, match="names its seat"):
        verify_chain(chain, keys[KeyRole.ROOT].public, KeyRole.SEAT)


def test_a_missing_link_is_refused(house):
    keys, chains = house
    with pytest.raises(Tampered):
        verify_chain(chains["seat"][:1] + chains["seat"][2:], keys[KeyRole.ROOT].public, KeyRole.SEAT)


@pytest.mark.parametrize("level", ["release", "hall", "seat"])
@pytest.mark.parametrize(("shift", "said"), [(-10, "ended at"), (10, "began only at")])
def test_one_certificate_out_of_its_time_is_named_and_no_other(level, shift, said):
    """Whichever link of the chain has run out, or has not begun, the answer under it is flagged and stands."""
    shifted = {name: START + timedelta(days=days + shift) for name, days in (("not_before", 0), ("not_after", 1))}
    times = {name: shifted if name == level else TIMES for name in ("release", "hall", "seat")}
    root, release, hall, seat = (SigningKey.generate() for _ in range(4))
    upper = certify(KeyRole.RELEASE, release.public, root, **times["release"])
    middle = certify(KeyRole.HALL, hall.public, release, upper, hall="north", **times["hall"])
    chain = certify(KeyRole.SEAT, seat.public, hall, middle, hall="north", seat="A1", **times["seat"])
    holder = verify_chain(chain, root.public, KeyRole.SEAT, NOON).standing()
    (flag,) = holder.flags
    assert f"the {level} certificate" in flag
    assert said in flag
    assert verify_chain(chain, root.public, KeyRole.SEAT).flags == ()
