"""A sealed seat: its store's key is in memory only, comes from the hall or by the code, and no cut shuts the store."""

import os
import shutil
from contextlib import contextmanager, suppress
from functools import partial

import pytest

from house import CODE, PIN, ROLL, SEAT, SECOND_PIN, a_house
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.ground.home import Home
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.key import SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, revoke
from kiosk.sealing.store_key import unwrap_key
from kiosk.seat.caller import LOST
from kiosk.seat.custody import KEY, WRAPPING, is_sealed, seat_key
from kiosk.seat.late_hall import LateHall
from kiosk.seat.place import make_seat, open_desk, read_enrolment, seat_store, settle_seat
from kiosk.seat.recovery import prove, recover
from kiosk.seat.unlocking import LOCAL, OFFLINE, WRAPPED, unlock_by_code, unlock_by_hall
from kiosk.wire.policy import HallPolicyDocument
from kiosk.wire.revocation import RevokedDocument


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def seal_stores(house, on=True):
    house.hall.custody.decide(HallPolicyDocument(seal_stores=on), PIN, SECOND_PIN)


def the_code(house, seat=SEAT):
    return house.hall.custody.code(seat, PIN, SECOND_PIN)


def key_of(house, seat=SEAT):
    """Return the key of a seat's store as the hall of its home opens it."""
    place = house.home.seat(seat)
    return seat_key(place, partial(unlock_by_hall, place, read_enrolment(place), house.hall))


def answers_of(house, seat=SEAT):
    """Return how many answers each journal of a seat holds, each chain proved."""
    place = house.home.seat(seat)
    store = seat_store(place, partial(unlock_by_hall, place, read_enrolment(place), house.hall))
    try:
        records = [store.whole_record(line.submission_id) for line in store.sittings()]
    finally:
        store.close()
    for record in records:
        record.verify()
    return [sum(e.kind == "answered" for e in r.entries) for r in records]


@pytest.fixture
def sat(house):
    """A house whose seat is not sealed and holds a sitting with one answer; its desk is closed."""
    desk = house.begun()
    desk.choose("cells-1", ["cells-1-2"])
    house.settle()
    house.desks.pop().close()
    return house


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_fresh_seat_is_sealed_from_its_first_byte(house):
    seal_stores(house)
    shutil.rmtree(house.home.seat("B1").folder, ignore_errors=True)
    house.desk("B1").sign_in(ROLL, CODE)
    place = house.home.seat("B1")
    assert is_sealed(place)
    assert {p.name for p in place.keys.glob("store.key*")} == {WRAPPED, OFFLINE, LOCAL, WRAPPING, "store.key.code.pub"}
    for name in (WRAPPED, OFFLINE, LOCAL):
        assert (place.keys / name).stat().st_mode & 0o777 == 0o600
    key = key_of(house, "B1")
    assert not [p for p, data in files(place.folder).items() if key in data or key.hex().encode() in data]


def test_where_the_hall_decided_nothing_a_seat_keeps_its_key_in_a_file(house):
    house.desk("B1")
    place = house.home.seat("B1")
    assert house.hall.custody.policy() == HallPolicyDocument(version=1, seal_stores=False)
    assert {p.name for p in place.keys.glob("store.key*")} == {KEY, WRAPPED}
    assert read_enrolment(place).is_sealed is False


def test_a_seat_that_is_sealed_goes_on_with_its_sitting_and_back_again(sat):
    raw = key_of(sat)
    seal_stores(sat)
    desk = sat.begun()
    assert desk.state().answers["cells-1"].option_ids
    assert is_sealed(sat.home.seat(SEAT))
    assert key_of(sat) == raw
    desk.choose("cells-1", ["cells-1-1"])
    sat.settle()
    sat.desks.pop().close()
    seal_stores(sat, on=False)
    desk = sat.begun()
    assert desk.state().answers["cells-1"].option_ids
    assert {p.name for p in sat.home.seat(SEAT).keys.glob("store.key*")} == {KEY, WRAPPED}
    assert sat.home.seat(SEAT).store_key() == raw
    assert unwrap_key((sat.home.seat(SEAT).keys / WRAPPED).read_bytes(), sat.keyring.escrow, SEAT) == raw


def test_the_code_and_what_it_derives_to_are_never_on_the_seat_s_disk(sat):
    seal_stores(sat)
    enrolment = sat.hall.enrol(SEAT, make_seat(sat.home.seat(SEAT)))
    sat.desk()
    code = the_code(sat)
    told = (enrolment.code_key, bytes.fromhex(enrolment.code_key), code, code.replace("-", ""))
    wanted = [t if isinstance(t, bytes) else t.encode() for t in told]
    found = files(sat.home.seat(SEAT).folder)
    assert not [(p, w) for p, data in found.items() for w in wanted if w in data]
    assert enrolment.code_key not in repr(enrolment) + str(enrolment)
    assert read_enrolment(sat.home.seat(SEAT)).code_key is None


def test_the_code_opens_the_seat_without_any_hall(sat):
    seal_stores(sat)
    sat.desk()
    sat.desks.pop().close()
    place, code, raw = sat.home.seat(SEAT), the_code(sat), key_of(sat)
    before = files(place.folder)

    def lost():
        raise KioskError(LOST)

    assert unlock_by_code(place, read_enrolment(place), code.lower().replace("-", " ")) == raw
    desk = open_desk(place, LateHall(lost), sat.clock, lambda: unlock_by_code(place, read_enrolment(place), code))
    with pytest.raises(KioskError, match="does not answer"):
        desk.sign_in(ROLL, CODE)
    desk.close()
    assert {p: d for p, d in files(place.folder).items() if p.parts[0] == "keys"} == {
        p: d for p, d in before.items() if p.parts[0] == "keys"
    }


def test_a_seat_opened_by_code_goes_on_as_soon_as_its_hall_is_there(sat):
    seal_stores(sat)
    sat.desk()
    sat.desks.pop().close()
    place, code = sat.home.seat(SEAT), the_code(sat)
    there = []

    def reach():
        if not there:
            raise KioskError(LOST)
        return there[0]

    desk = open_desk(place, LateHall(reach), sat.clock, lambda: unlock_by_code(place, read_enrolment(place), code))
    sat.desks.append(desk)
    with pytest.raises(KioskError, match="does not answer"):
        desk.sign_in(ROLL, CODE)
    there.append(sat.hall)
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    assert desk.state().answers["cells-1"].option_ids


def test_what_is_wrong_about_a_code_is_said(sat):
    seal_stores(sat)
    sat.desk()
    sat.desk("B1")
    place = sat.home.seat(SEAT)
    enrolment, code, other = read_enrolment(place), the_code(sat), the_code(sat, "B1")
    assert code != other
    with pytest.raises(Denied, match="does not open this seat"):
        unlock_by_code(place, enrolment, other)
    slip = ("2" if code[0] != "2" else "3") + code[1:]
    with pytest.raises(KioskError, match="slip in group 1") as caught:
        unlock_by_code(place, enrolment, slip)
    assert code[6:] not in str(caught.value)
    (place.keys / LOCAL).write_bytes(bytes(32))
    with pytest.raises(Denied, match="does not open this seat"):
        unlock_by_code(place, enrolment, code)
    (place.keys / OFFLINE).unlink()
    with pytest.raises(Refused, match="No code opens this seat"):
        unlock_by_code(place, enrolment, code)


def test_what_was_lost_of_the_code_s_copy_is_made_again_at_the_next_start(sat):
    seal_stores(sat)
    sat.desk()
    place, code, raw = sat.home.seat(SEAT), the_code(sat), key_of(sat)
    for name in (OFFLINE, LOCAL, WRAPPING, "store.key.code.pub"):
        sat.desks.pop().close()
        (place.keys / name).unlink()
        sat.desk()
        assert unlock_by_code(place, read_enrolment(place), code) == raw


def test_a_sealed_seat_without_hall_or_code_says_so(sat):
    seal_stores(sat)
    sat.desk()
    with pytest.raises(Refused, match="is sealed"):
        seat_store(sat.home.seat(SEAT))


def test_another_seat_s_key_folder_opens_nothing(sat):
    seal_stores(sat)
    sat.desk()
    sat.desk("B1")
    a12, b1 = sat.home.seat(SEAT), sat.home.seat("B1")
    with pytest.raises(Denied, match="of the seat A12's store"):
        unlock_by_hall(b1, read_enrolment(b1), sat.hall, (a12.keys / WRAPPED).read_bytes())
    with pytest.raises(Denied, match="another seat"):
        unlock_by_hall(b1, read_enrolment(a12).model_copy(update={"chain": read_enrolment(b1).chain}), sat.hall)


def test_hall_and_escrow_recover_a_sealed_seat_s_disk(sat, tmp_path):
    seal_stores(sat)
    sat.desk()
    shutil.copytree(sat.home.seat(SEAT).folder, tmp_path / "disk")
    place = recover(tmp_path / "disk", Home(tmp_path / "new"), SEAT, sat.keyring.escrow)
    assert [p.problem for p in prove(place)] == [None]


def test_a_new_escrow_is_sealed_to_at_the_next_start_and_the_old_one_no_more(sat):
    seal_stores(sat)
    sat.desk()
    sat.desks.pop().close()
    place, other, raw = sat.home.seat(SEAT), AgeIdentity.generate(), key_of(sat)
    enrolment = sat.hall.enrol(SEAT, make_seat(place))
    settle_seat(place, enrolment.model_copy(update={"keepers": (enrolment.keepers[0], other.recipient)}), sat.hall)
    sat.desks.append(open_desk(place, sat.hall, sat.clock))
    wrapped = (place.keys / WRAPPED).read_bytes()
    assert unwrap_key(wrapped, other, SEAT) == key_of(sat) == raw
    with pytest.raises(KioskError):
        unwrap_key(wrapped, sat.keyring.escrow, SEAT)


def test_a_sealing_the_hall_cannot_open_never_takes_an_older_one_s_place(sat):
    seal_stores(sat)
    place, stranger = sat.home.seat(SEAT), AgeIdentity.generate()
    enrolment = sat.hall.enrol(SEAT, make_seat(place))
    wrong = enrolment.model_copy(update={"keepers": (stranger.recipient, sat.keyring.escrow.recipient)})
    settle_seat(place, wrong)
    with pytest.raises(KioskError, match="does not open"):
        open_desk(place, sat.hall, sat.clock)
    assert answers_of(sat) == [1]
    sat.desk()
    sat.desks.pop().close()
    before = (place.keys / WRAPPED).read_bytes()
    settle_seat(place, wrong)
    with pytest.raises(KioskError):
        open_desk(place, sat.hall, sat.clock)
    assert (place.keys / WRAPPED).read_bytes() == before
    assert answers_of(sat) == [1]


def test_a_revoked_seat_is_opened_by_code_only(sat):
    seal_stores(sat)
    sat.desk()
    sat.desks.pop().close()
    place, code, raw = sat.home.seat(SEAT), the_code(sat), key_of(sat)
    entry = RevokedDocument(
        serial=None, key=make_seat(place), role=None, reason="stolen", at="2026-11-02T12:00:00.000Z"
    )
    sat.hall._keys.revocations.keep(revoke(NONE_REVOKED, entry, sat.keyring.root))
    with pytest.raises(Denied, match="revoked"):
        open_desk(place, sat.hall, sat.clock)
    assert unlock_by_code(place, read_enrolment(place), code) == raw


class Cut(BaseException):
    """The power is cut."""


@contextmanager
def power_cut(monkeypatch, before):
    """Cut the power before the `before`-th step that changes the disk; tell afterwards whether it came to that."""
    left, happened = [before], []

    def guarded(real):
        def step(*arguments, **named):
            left[0] -= 1
            if left[0] < 0:
                happened.append(True)
                raise Cut
            return real(*arguments, **named)

        return step

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "fsync", "link"):
            patch.setattr(os, name, guarded(getattr(os, name)))
        with suppress(Cut):
            yield happened


@pytest.mark.parametrize("to_sealed", [True, False], ids=["seal", "unseal"])
def test_cut_off_anywhere_on_the_way_the_store_opens(sat, tmp_path, monkeypatch, to_sealed):
    place = sat.home.seat(SEAT)
    if not to_sealed:
        seal_stores(sat)
        sat.desk()
        sat.desks.pop().close()
    raw, sealed_before = key_of(sat), is_sealed(place)
    assert sealed_before is not to_sealed
    shutil.copytree(place.folder, tmp_path / "before")
    cuts = 0
    while True:
        for then_to_sealed in (to_sealed, not to_sealed):
            shutil.rmtree(place.folder)
            shutil.copytree(tmp_path / "before", place.folder)
            seal_stores(sat, on=to_sealed)
            enrolment = sat.hall.enrol(SEAT, make_seat(place))
            with power_cut(monkeypatch, cuts) as happened:
                settle_seat(place, enrolment, sat.hall)
                open_desk(place, sat.hall, sat.clock).close()
            assert (key_of(sat), answers_of(sat)) == (raw, [1]), cuts
            seal_stores(sat, on=then_to_sealed)
            sat.desk().close()
            sat.desks.pop()
            assert (key_of(sat), answers_of(sat), is_sealed(place)) == (raw, [1], then_to_sealed), cuts
            if then_to_sealed:
                assert unlock_by_code(place, read_enrolment(place), the_code(sat)) == raw
                assert not [p for p, d in files(place.folder).items() if raw in d], cuts
            else:
                left = {p.name for p in place.keys.glob("store.key*") if p.suffix != ".new"}  # drafts, written over
                assert left == {KEY, WRAPPED}
        if not happened:
            break
        cuts += 1
    assert cuts >= 12, "every step was cut once"


def test_cut_off_anywhere_at_its_first_start_a_sealed_seat_begins_afresh(house, monkeypatch):
    seal_stores(house)
    place, cuts = house.home.seat("B1"), 0
    while True:
        shutil.rmtree(place.folder, ignore_errors=True)
        enrolment = house.hall.enrol("B1", make_seat(place))
        with power_cut(monkeypatch, cuts) as happened:
            settle_seat(place, enrolment, house.hall)
            open_desk(place, house.hall, house.clock).close()
        house.desk("B1").close()
        house.desks.pop()
        assert is_sealed(place), cuts
        raw = key_of(house, "B1")
        assert unlock_by_code(place, read_enrolment(place), the_code(house, "B1")) == raw
        assert not [p for p, d in files(place.folder).items() if raw in d], cuts
        if not happened:
            break
        cuts += 1
    assert cuts >= 12


def keys_in(folder):
    """Return every age identity and every 32 bytes of a file that could be a key, found in a folder."""
    identities, raws = [], set()
    for data in files(folder).values():
        for word in data.split():
            if word.startswith(b"AGE-SECRET-KEY-"):
                identities.append(AgeIdentity(word.decode()))
        if len(data) < 20_000:
            raws |= {data[i : i + 32] for i in range(len(data) - 31)}
    pem = folder / "keys" / "seat.ed25519"
    raws.add(SigningKey.from_pem(pem.read_bytes()).private.private_bytes_raw())
    return identities, raws


def opens(folder, raw):
    """Whether anything in a seat's folder is the key of its store, or opens a sealed copy of it."""
    identities, raws = keys_in(folder)
    for sealed in (folder / "keys").glob("*.age"):
        for identity in identities:
            try:
                if unwrap_key(sealed.read_bytes(), identity) == raw:
                    return True
            except KioskError:
                continue
    return raw in raws


@pytest.mark.parametrize("ends", ["closed", "killed"])
def test_nothing_in_a_sealed_seat_s_folder_opens_its_store(sat, tmp_path, ends):
    place = sat.home.seat(SEAT)
    assert opens(place.folder, key_of(sat)), "the control: a seat that is not sealed opens itself"
    seal_stores(sat)
    desk = sat.begun()
    desk.choose("cells-1", ["cells-1-1"])
    sat.settle()
    if ends == "closed":
        sat.desks.pop().close()
    shutil.copytree(place.folder, tmp_path / "taken")  # beside an open desk: what a power cut leaves
    raw = key_of(sat)
    assert not opens(tmp_path / "taken", raw)
    (tmp_path / "taken" / "keys" / "found.age").write_text(sat.keyring.escrow.reveal())
    assert opens(tmp_path / "taken", raw), "the control: with the escrow's identity it does"
