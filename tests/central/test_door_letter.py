"""Releases and closings at the door: each hall gets and gives its own, and what was signed is what is sent."""

from datetime import timedelta

from builders import NOON
from keyring import HALL, a_keyring
from kiosk.exam.moment import iso
from kiosk.sealing.closing import sign_closing
from kiosk.wire.closing import ClosingDocument
from storage.central.closing import ClosingStore
from storage.central.release import GivenRelease, ReleaseStore
from visitor import a_token, a_visitor, digest_header, is_problem

DIGEST = "d" * 64


def a_closing(keyring, hall=HALL, **changes):
    """Return a closing of nobody, signed by the hall of a ring of keys."""
    fields = {
        "version": 1,
        "hall": hall,
        "test_id": "test-1",
        "package": DIGEST,
        "closed_at": iso(NOON),
        "closed_by": "proctor-1",
        "second": None,
        "rows": (),
        "certificates": keyring.hall_chain,
    }
    return sign_closing(ClosingDocument(**fields | changes), keyring.hall, keyring.root.public)


async def put(client, closing, data=None, **changes):
    """Put a closing, or other bytes under its id."""
    data = closing.envelope if data is None else data
    headers = {"Content-Type": "application/json", "Content-Digest": digest_header(data)} | changes
    return await client.put(f"/v1/closings/{closing.closing_id}", content=data, headers=headers)


async def test_a_release_token_is_for_one_hall_and_the_same_bytes_every_time(site):
    store = ReleaseStore(site.office.engine)
    test_id, envelope = site.paper.test_id, b'{"payload":"x"}'
    async with a_visitor(site) as own, a_visitor(site, a_token(site, "Hall 3")) as other:
        before = await own.get(f"/v1/releases/{test_id}")
        assert is_problem(before, 404)
        assert int(before.headers["retry-after"]) > 0
        given = GivenRelease(test_id=test_id, hall=HALL, envelope=envelope, released_at=NOON, released_by="admin")
        actor = site.office.acting("test.export_package")
        store.give(given, site.office.audit("test.export_package", actor, "releases", test_id))
        answers = [await own.get(f"/v1/releases/{test_id}") for _ in range(2)]
        assert [(a.status_code, a.content) for a in answers] == [(200, envelope)] * 2
        assert is_problem(await other.get(f"/v1/releases/{test_id}"), 404)
        assert is_problem(await own.get("/v1/releases/nothing"), 404)
        assert is_problem(await own.get("/v1/releases/" + "x" * 201), 400)


async def test_a_closing_is_kept_once_and_answered_by_its_closeout(site):
    closing, store = a_closing(site.keyring), ClosingStore(site.office.engine)
    path = f"/v1/closings/{closing.closing_id}/closeout"
    async with a_visitor(site) as client:
        assert is_problem(await client.get(path), 404)
        assert [(await put(client, closing)).status_code for _ in range(2)] == [202, 202]
        waiting = await client.get(path)
        assert is_problem(waiting, 404)
        assert int(waiting.headers["retry-after"]) > 0
        store.leave_open(closing.closing_id, "candidate-1 is not explained")
        unexplained = await client.get(path)
        assert is_problem(unexplained, 409)
        assert unexplained.json()["detail"] == "candidate-1 is not explained"
        actor = site.office.acting("settings.enrol_kiosk_key")
        audit = site.office.audit("settings.enrol_kiosk_key", actor, "closings", closing.closing_id)
        store.settle(closing.closing_id, lambda: b"the close-out", [], [], audit)
        answers = [await client.get(path) for _ in range(2)]
        assert [(a.status_code, a.content) for a in answers] == [(200, b"the close-out")] * 2
    async with a_visitor(site, a_token(site, "Hall 3")) as other:
        assert is_problem(await other.get(path), 404)
    (kept,) = store.closings()
    assert (kept.envelope, kept.hall, kept.test_id) == (closing.envelope, HALL, "test-1")


async def test_a_closing_that_does_not_hold_or_is_anothers_is_not_kept(site):
    closing = a_closing(site.keyring)
    later = a_closing(site.keyring, closed_at=iso(NOON + timedelta(hours=1)))
    spoilt = closing.envelope.replace(b'"sig":"', b'"sig":"A', 1)
    async with a_visitor(site) as own, a_visitor(site, a_token(site, "Hall 3")) as other:
        assert is_problem(await put(own, closing, spoilt), 422)
        assert is_problem(await put(own, closing, b"{}"), 422)
        assert is_problem(await put(own, closing, later.envelope), 422)
        assert is_problem(await put(own, a_closing(a_keyring())), 422)
        assert is_problem(await put(other, closing), 403)
        assert is_problem(await put(own, closing, **{"Content-Digest": digest_header(b"")}), 400)
        assert is_problem(await put(own, closing, **{"Content-Type": "text/plain"}), 415)
    assert ClosingStore(site.office.engine).closings() == ()
