"""What the office gives a hall to open its papers with: a token, and a code for an envelope; two persons' act."""

import shutil

import pytest

from campus import HALL, a_campus
from kiosk.central.despatch import EXPORT
from kiosk.exam.envelope_code import read
from kiosk.exam.error import Denied, Refused, Tampered
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.hall.place import hall_keys, open_hall
from kiosk.office.person import add, staff
from kiosk.sealing import ceremony
from kiosk.sealing.key import KeyFolder, KeyRole
from kiosk.sealing.lock import code_identity
from kiosk.sealing.part import open_paper, unlock
from kiosk.sealing.release import read_release


@pytest.fixture
def campus(tmp_path):
    campus = a_campus(tmp_path)
    yield campus
    campus.central.close()


def actor(campus):
    return campus.central.office.acting(EXPORT)


def slip(campus):
    return campus.central.releases.slip(actor(campus), campus.paper.test_id, HALL)


def test_a_token_is_the_same_at_every_asking(campus):
    campus.send()
    assert campus.central.releases.token(campus.paper.test_id, HALL) is None
    first = campus.release()
    campus.clock.advance(60_000)
    campus.send()
    assert campus.release() == first == campus.central.releases.token(campus.paper.test_id, HALL)
    release = read_release(first, campus.central.keys.root, hall=HALL, test_id=campus.paper.test_id)
    secret = release.identities(hall_keys(campus.home.hall).identity)[campus.paper.digest]
    for number in (1, 2):
        blob = campus.read(number).blob("paper", campus.paper.digest)
        assert open_paper(blob, secret, campus.paper.digest) == campus.paper
    acts = campus.central.office.logs.audit("releases")
    assert [(e.action, e.details["hall"]) for e in acts] == [(EXPORT, HALL)]


def test_a_token_is_small(campus):
    campus.send()
    assert len(campus.release()) < 3_000


def test_a_hall_that_got_no_package_is_not_released_to(campus):
    with pytest.raises(Refused, match="No package"):
        campus.release()


def test_a_hall_with_a_new_machine_is_given_a_new_token(campus):
    campus.send()
    first = campus.release()
    shutil.rmtree(campus.home.hall.folder)
    campus.send()
    second = campus.release()
    assert second != first
    assert campus.release() == second
    release = read_release(second, campus.central.keys.root)
    assert campus.paper.digest in release.identities(hall_keys(campus.home.hall).identity)


def test_a_token_signed_by_a_key_that_is_revoked_now_is_made_anew(campus):
    campus.send()
    first, root = campus.release(), campus.central.keys.root
    keys = KeyFolder(campus.home.office.keys)
    spent = keys.public("release")
    ceremony.prepare(keys, KeyRole.RELEASE)
    chain = ceremony.issue(keys, KeyRole.RELEASE, keys.public("release.next"), campus.clock.at)
    ceremony.exchange(keys, KeyRole.RELEASE, chain)
    assert campus.release() == first
    ceremony.strike(keys, keys, {"key": spent, "reason": "stolen"}, campus.clock.at)
    with pytest.raises(Denied):
        campus.release()  # the hall's own certificate stands under the stolen key
    campus.send()
    second = campus.release()
    revoked = campus.central.keys.revoked()
    with pytest.raises(Denied):
        read_release(first, root, revoked=revoked)
    assert read_release(second, root, revoked=revoked).document.papers
    hall = open_hall(campus.home.hall, campus.clock)
    with pytest.raises(Denied):
        hall.release_by_token(first, campus.proctor.secret)
    assert hall.release_by_token(second, campus.proctor.secret).papers == (campus.paper.digest,)
    hall.close()


def test_a_code_never_changes_so_that_an_envelope_stays_right(campus):
    printed = slip(campus)
    campus.send(), campus.send()
    assert slip(campus).code == printed.code
    read(printed.code)
    hall = hall_keys(campus.home.hall).identity
    lock = code_identity(printed.code, campus.paper.test_id, HALL)
    for number in (1, 2):
        package = campus.read(number)
        secret = unlock(package.blob("locked_identity", campus.paper.digest), hall, lock)
        assert open_paper(package.blob("paper", campus.paper.digest), secret, campus.paper.digest) == campus.paper


def test_each_hall_has_a_code_of_its_own_and_no_repr_shows_it(campus):
    here = slip(campus)
    there = campus.central.releases.slip(actor(campus), campus.paper.test_id, "Hall 3")
    assert here.code != there.code
    assert here.code not in repr(here)
    acts = campus.central.office.logs.audit("envelope_codes")
    assert [e.details["hall"] for e in acts] == [HALL, "Hall 3"]
    assert not any(here.code in str(e) for e in acts)


def test_codes_and_tokens_need_two_persons(campus):
    campus.send()
    office = campus.central.office
    people = add(office, office.acting("user.assign_role"), [staff(Role.AUTHOR, "Ito, Ken"), staff(Role.AUTHOR, "Ek")])
    first, second = (p.person.user_id for p in people)
    releases, test = campus.central.releases, campus.paper.test_id
    nobody = Actor(campus.proctor.person.user_id, Role.PROCTOR)

    def renew(*who_test_hall):
        return releases.renew(*who_test_hall, "It leaked.")

    releases.slip(office.acting(EXPORT, first, second), test, HALL)
    for ask in (releases.slip, releases.give, renew):
        for who in (office.acting(EXPORT, first), nobody, Actor(first, Role.AUTHOR, Actor(first, Role.AUTHOR))):
            with pytest.raises(Denied):
                ask(who, test, HALL)
        ask(office.acting(EXPORT, first, second), test, HALL)
    assert releases.token(test, HALL) is not None


def renew(campus, reason="It was read out over the telephone."):
    return campus.central.releases.renew(actor(campus), campus.paper.test_id, HALL, reason)


def opens(campus, number, code):
    """Whether a code opens the paper of a package in its hall."""
    locked = campus.read(number).blob("locked_identity", campus.paper.digest)
    lock = code_identity(code, campus.paper.test_id, HALL)
    try:
        unlock(locked, hall_keys(campus.home.hall).identity, lock)
    except Tampered:
        return False
    return True


def test_a_leaked_code_is_replaced_and_only_the_next_package_opens_to_the_new_one(campus):
    campus.send()
    leaked = slip(campus).code
    campus.clock.advance(60_000)
    first = renew(campus)
    campus.clock.advance(60_000)
    campus.send()
    campus.clock.advance(60_000)
    second = renew(campus)
    assert slip(campus).code == second.slip.code
    assert len({leaked, first.slip.code, second.slip.code}) == 3
    assert [(r.replaced, r.older) for r in (first, second)] == [((1,), ()), ((2,), (1,))]
    campus.send()
    codes = (leaked, first.slip.code, second.slip.code)
    assert [[opens(campus, n, code) for code in codes] for n in (1, 2, 3)] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    acts = [e.details for e in campus.central.office.logs.audit("envelope_codes") if "renewed" in e.details]
    assert [(a["hall"], a["reason"]) for a in acts] == [(HALL, "It was read out over the telephone.")] * 2
    assert not any(code in repr((first, second, acts)) for code in codes)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_code_is_not_replaced_without_a_reason(campus, reason):
    campus.send()
    before = slip(campus).code
    with pytest.raises(Refused, match="for a reason"):
        renew(campus, reason)
    assert slip(campus).code == before


def test_a_code_nobody_drew_is_not_replaced_and_nobody_else_may(campus):
    with pytest.raises(Refused, match="none to replace"):
        renew(campus)
    campus.send()
    before = slip(campus).code
    nobody = Actor(campus.proctor.person.user_id, Role.PROCTOR)
    with pytest.raises(Denied):
        campus.central.releases.renew(nobody, campus.paper.test_id, HALL, "For fun.")
    assert slip(campus).code == before
