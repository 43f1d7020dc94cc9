"""What each path of the door answers, status by status, on every engine where the store matters."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest

from builders import NOON
from keyring import a_bundle
from kiosk.central.token import revoke
from kiosk.sealing.receipt import read_receipt
from kiosk.wire.upload import CHUNK
from storage.central.chunk import ChunkStore
from storage.central.token import TokenStore
from visitor import CHUNKS, a_door, a_token, a_visitor, bundle_headers, is_problem, put


async def test_a_bundle_is_stored_once_and_its_receipt_is_the_same_bytes_every_time(site):
    bundle = site.bundle()
    async with a_visitor(site) as client:
        first = await put(client, bundle)
        again = await put(client, bundle)
        fetched = await client.get(f"/v1/bundles/{bundle.bundle_id}/receipt")
    assert (first.status_code, again.status_code, fetched.status_code) == (201, 200, 200)
    assert first.content == again.content == fetched.content == site.central.arrivals.receipt(bundle.bundle_id)
    read_receipt(first.content, site.keyring.root.public, bundle.bundle_id)
    assert site.central.arrivals.counts()["received"] == 1


async def test_twenty_at_once_give_one_row_and_one_receipt(site):
    bundle = site.bundle()
    async with a_visitor(site) as client:
        answers = await asyncio.gather(*(put(client, bundle) for _ in range(20)))
    assert sorted(a.status_code for a in answers) == [200] * 19 + [201]
    assert len({a.content for a in answers}) == 1
    assert site.central.arrivals.counts()["received"] == 1


async def test_have_answers_in_the_order_asked_with_the_stored_receipts(site):
    held = [site.bundle(n) for n in (1, 2)]
    unknown = "0" * 64
    async with a_visitor(site) as client:
        receipts = {b.bundle_id: (await put(client, b)).content.decode() for b in held}
        asked = [held[1].bundle_id, unknown, held[0].bundle_id, held[1].bundle_id]
        response = await client.post("/v1/have", json={"ids": asked})
    assert response.status_code == 200
    assert [b["id"] for b in response.json()["bundles"]] == asked
    assert [b["receipt"] for b in response.json()["bundles"]] == [receipts.get(i) for i in asked]
    assert [b["state"] for b in response.json()["bundles"]] == ["received", "unknown", "received", "received"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"ids": []}',
        b'{"ids": ["x"]}',
        json.dumps({"ids": ["0" * 64] * 1001}).encode(),
        b'{"ids": ["' + b"0" * 64 + b'"], "more": 1}',
        b"[" * 60_000,
        b'{"ids": ["\xff"]}',
    ],
)
async def test_have_refuses_what_is_no_list_of_ids(site, body):
    async with a_visitor(site) as client:
        response = await client.post("/v1/have", content=body, headers={"Content-Type": "application/json"})
    assert is_problem(response, 400)


async def test_a_body_that_is_not_what_its_digest_names_is_not_kept(site):
    bundle = site.bundle()
    whole = bundle_headers(bundle.data)["Content-Digest"]
    async with a_visitor(site) as client:
        for length in (0, 1, len(bundle.data) // 2, len(bundle.data) - 1):
            assert is_problem(await put(client, bundle, bundle.data[:length], **{"Content-Digest": whole}), 400)
        for header in ("", "sha-256=abc", "sha-512=:AAAA:", "sha-256=:" + "A" * 43 + "=:"):
            assert is_problem(await put(client, bundle, **{"Content-Digest": header}), 400)
        assert site.central.arrivals.quarantined() == ()
        assert (await put(client, bundle, **{"Content-Digest": f"sha-512=:AA==:, {whole}"})).status_code == 201


async def test_what_does_not_verify_is_kept_aside_with_the_reason(site):
    bundle = site.bundle()
    bad = bundle.data[:-1] + bytes([bundle.data[-1] ^ 1])
    async with a_visitor(site) as client:
        response = await put(client, bundle, bad)
        assert is_problem(response, 422)
        assert is_problem(await put(client, bundle, bad), 422)
        stranger = a_bundle()
        assert is_problem(await put(client, stranger), 422)
        assert is_problem(await client.get(f"/v1/bundles/{bundle.bundle_id}/receipt"), 404)
    kept = site.central.arrivals.quarantined()
    assert sorted(q.length for q in kept) == sorted([len(bad), len(stranger.data)])
    assert all("Hall 2" in q.source for q in kept)


async def test_a_bundle_under_another_id_is_refused_and_not_kept(site):
    bundle, other = site.bundle(1), site.bundle(2)
    async with a_visitor(site) as client:
        assert is_problem(await put(client, other, bundle.data), 422)
    assert (site.central.arrivals.quarantined(), site.central.arrivals.lines()) == ((), ())


async def test_a_hall_neither_brings_nor_sees_the_bundles_of_another(site):
    bundle = site.bundle()
    async with a_visitor(site) as own, a_visitor(site, a_token(site, "Hall 3")) as other:
        assert is_problem(await put(other, bundle), 403)
        assert site.central.arrivals.lines() == ()
        assert (await put(own, bundle)).status_code == 201
        assert is_problem(await put(other, bundle), 403)
        assert is_problem(await other.get(f"/v1/bundles/{bundle.bundle_id}/receipt"), 404)
        answer = await other.post("/v1/have", json={"ids": [bundle.bundle_id]})
    assert answer.json()["bundles"] == [{"id": bundle.bundle_id, "state": "unknown", "receipt": None}]


async def test_nobody_enters_without_a_token_that_is_good(site):
    bundle = site.bundle()
    late, gone = a_token(site, days=1), a_token(site)
    store = TokenStore(site.office.engine)
    (kept,) = [t for t in store.tokens() if t.not_after > NOON + timedelta(days=2)]
    revoke(site.office, site.office.acting("settings.enrol_kiosk_key"), kept.token_id)
    site.central.clock.advance(86_400_000)
    for token in (None, late, gone, "A" * 43, "short"):
        async with a_visitor(site, token) as client:
            for response in (
                await put(client, bundle),
                await put(client, bundle, b"not a bundle"),
                await client.post("/v1/have", json={"ids": [bundle.bundle_id]}),
                await client.put(f"/v1/chunks/{hashlib.sha256(b'x').hexdigest()}", content=b"x"),
                await client.get(f"/v1/bundles/{bundle.bundle_id}/receipt"),
            ):
                assert is_problem(response, 401)
                assert response.headers["www-authenticate"] == "Bearer"
                assert token is None or token not in response.text
    assert (site.central.arrivals.lines(), site.central.arrivals.quarantined()) == ((), ())


async def test_paths_and_kinds_that_are_not_there(site):
    bundle = site.bundle()
    async with a_visitor(site) as client:
        assert is_problem(await client.get("/v1/nothing"), 404)
        assert is_problem(await client.delete(f"/v1/bundles/{bundle.bundle_id}"), 405)
        assert is_problem(await client.get("/v1/bundles/short/receipt"), 400)
        assert is_problem(await put(client, bundle, **{"Content-Type": "text/plain"}), 415)
        assert is_problem(await client.post("/v1/have", content=b"{}"), 415)
        assert (await client.get("/docs")).status_code == (await client.get("/redoc")).status_code == 404


async def test_health_needs_no_token_and_every_answer_is_kept_by_nobody(site):
    async with a_visitor(site, None) as client:
        response = await client.get("/v1/health")
    assert (response.status_code, response.json()) == (200, {"state": "open"})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def cut(data, size=CHUNK):
    """Return the pieces of some bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def list_of(data):
    """Return the list of the pieces of some bytes, as it is sent."""
    digests = [hashlib.sha256(piece).hexdigest() for piece in cut(data)]
    return json.dumps({"version": 1, "length": len(data), "chunks": digests}).encode()


def a_large_bundle(site):
    """Return a bundle of more than one chunk: captures that do not compress."""
    noise = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(60_000))
    return site.bundle(captures=(noise,))


async def put_chunk(client, piece, digest=None):
    """Put one piece under its digest, or under another."""
    headers = {"Content-Type": "application/octet-stream"}
    return await client.put(f"/v1/chunks/{digest or hashlib.sha256(piece).hexdigest()}", content=piece, headers=headers)


async def test_a_large_bundle_comes_in_pieces_and_leaves_none_behind(site):
    bundle = a_large_bundle(site)
    pieces, listed = cut(bundle.data), list_of(bundle.data)
    assert len(pieces) >= 2
    headers = bundle_headers(listed, CHUNKS)
    async with a_visitor(site) as client:
        assert is_problem(await put(client, bundle), 413)
        path = f"/v1/bundles/{bundle.bundle_id}"
        response = await client.put(path, content=listed, headers=headers)
        assert (response.status_code, response.json()["missing"]) == (202, json.loads(listed)["chunks"])
        assert [(await put_chunk(client, p)).status_code for p in pieces] == [201] * len(pieces)
        assert (await put_chunk(client, pieces[0])).status_code == 200
        stored = await client.put(path, content=listed, headers=headers)
        again = await client.put(path, content=listed, headers=headers)
    assert (stored.status_code, again.status_code) == (201, 200)
    assert stored.content == again.content == site.central.arrivals.receipt(bundle.bundle_id)

    assert ChunkStore(site.office.engine).missing(json.loads(listed)["chunks"]) == tuple(json.loads(listed)["chunks"])


async def test_a_piece_is_what_its_digest_names_and_a_list_what_its_pieces_come_to(site):
    bundle = a_large_bundle(site)
    pieces = cut(bundle.data)
    digests = [hashlib.sha256(p).hexdigest() for p in pieces]
    path = f"/v1/bundles/{bundle.bundle_id}"
    async with a_visitor(site) as client:
        assert is_problem(await put_chunk(client, pieces[0], "0" * 64), 400)
        assert is_problem(await put_chunk(client, b"x" * (CHUNK + 1)), 413)
        for piece in pieces:
            await put_chunk(client, piece)
        for length, chunks, status in (
            (len(bundle.data) + 1, digests, 422),
            (CHUNK, digests, 400),
            (len(bundle.data), digests[:1], 400),
        ):
            listed = json.dumps({"version": 1, "length": length, "chunks": chunks}).encode()
            response = await client.put(path, content=listed, headers=bundle_headers(listed, CHUNKS))
            assert is_problem(response, status)
        swapped = b"".join([pieces[1], pieces[0], *pieces[2:]])
        turned = json.dumps(
            {"version": 1, "length": len(swapped), "chunks": [digests[1], digests[0], *digests[2:]]}
        ).encode()
        assert is_problem(await client.put(path, content=turned, headers=bundle_headers(turned, CHUNKS)), 422)
    assert [q.length for q in site.central.arrivals.quarantined()] == [len(bundle.data)]


async def test_a_hall_may_leave_only_so_many_pieces_and_old_ones_are_forgotten(site):

    async with a_visitor(site, chunks=3) as client:
        statuses = [(await put_chunk(client, bytes([n]))).status_code for n in range(3)]
        full = await put_chunk(client, b"one more")
        assert (statuses, is_problem(full, 507)) == ([201] * 3, True)
        assert int(full.headers["retry-after"]) > 0
        assert (await put_chunk(client, bytes([1]))).status_code == 200
        site.central.clock.advance(30 * 86_400_000)
        assert a_door(site).clean() == 0
        site.central.clock.advance(1)
        assert a_door(site).clean() == 3
        assert (await put_chunk(client, b"one more")).status_code == 201


async def test_a_hall_may_fill_only_its_part_of_the_quarantine_and_good_bundles_still_come_in(site):
    bundle = site.bundle()
    async with a_visitor(site, aside=100) as client:
        assert is_problem(await put(client, bundle, b"a" * 90), 422)
        full = await put(client, bundle, b"b" * 90)
        assert is_problem(full, 507)
        assert int(full.headers["retry-after"]) > 0
        assert (await put(client, bundle)).status_code == 201
    assert [q.length for q in site.central.arrivals.quarantined()] == [90]
