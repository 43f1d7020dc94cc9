"""What the door does with too much, too fast, too slow, and with its own misfortunes."""

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.limit import Limits
from kiosk.ground.rate import Buckets, Rate, neighbourhood
from storage.engine import StoreError, StoreFull
from visitor import a_token, a_visitor, bundle_headers, put


@pytest.fixture
def site(home_site):
    """One engine is enough: nothing here is about the store."""
    return home_site


@given(
    per_second=st.integers(1, 50),
    burst=st.integers(1, 20),
    steps=st.lists(st.integers(0, 2_000), min_size=1, max_size=200),
)
def test_no_more_pass_than_the_rate_allows_and_whoever_waits_as_told_passes(per_second, burst, steps):
    now, passed = 0, 0
    buckets = Buckets(Rate(per_second, burst), lambda: now)
    for step in steps:
        now += step
        wait = buckets.take("hall")
        passed += wait == 0
        assert passed <= burst + now * per_second / 1000 + 1e-6
        if wait:
            now += wait * 1000
            assert buckets.take("hall") == 0
            passed += 1


def test_what_is_counted_is_bounded_and_the_rest_of_one_is_no_business_of_another():
    buckets = Buckets(Rate(1, 1), lambda: 0, most=100)
    assert all(buckets.take(str(n)) == 0 for n in range(1_000))
    assert len(buckets) == 100
    assert (buckets.take("999"), buckets.take("0")) == (1, 0)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_an_address_is_counted_with_its_neighbourhood(host, told):
    assert neighbourhood(host) == told


async def test_a_token_and_an_address_have_their_rates(site):
    bundle = site.bundle()
    async with a_visitor(site, hall_rate=Rate(0.5, 2)) as client:
        statuses = [(await put(client, bundle)).status_code for _ in range(3)]
        assert statuses == [201, 200, 429]
        refused = await put(client, bundle)
        assert refused.headers["retry-after"] == "2"
        site.central.clock.advance(2_000)
        assert (await put(client, bundle)).status_code == 200
    async with a_visitor(site, None, address_rate=Rate(1, 3)) as client:
        statuses = [(await client.get("/v1/health")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


async def test_more_requests_than_can_be_in_hand_are_told_to_come_again(site):
    release, entered = asyncio.Event(), asyncio.Event()

    async def body():
        entered.set()
        await release.wait()
        yield site.bundle().data

    bundle = site.bundle()
    async with a_visitor(site, requests=1) as client:
        path, headers = f"/v1/bundles/{bundle.bundle_id}", bundle_headers(bundle.data)
        held = asyncio.create_task(client.put(path, content=body(), headers=headers))
        await entered.wait()
        busy = await client.get("/v1/health")
        release.set()
        await held
        assert (busy.status_code, busy.headers["content-type"]) == (503, "application/problem+json")
        assert int(busy.headers["retry-after"]) > 0
        assert (await client.get("/v1/health")).status_code == 200


async def test_a_body_is_bounded_while_it_comes_whatever_its_head_says(site):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 65_536
            yield bytes(65_536)

    bundle = site.bundle()
    path = f"/v1/bundles/{bundle.bundle_id}"
    async with a_visitor(site) as client:
        response = await client.put(path, content=endless(), headers=bundle_headers(b""))
        assert response.status_code == 413
        assert sent < 8 * 2**20
        told = {**bundle_headers(b""), "Content-Length": str(2**40)}
        assert (await client.put(path, content=b"", headers=told)).status_code == 413
    assert site.central.arrivals.quarantined() == ()


async def test_a_body_that_stands_still_is_not_waited_for(site):
    async def slow():
        yield b"EXKB1"
        await asyncio.Event().wait()
        yield b""

    bundle = site.bundle()
    async with a_visitor(site, pause=0.05) as client:
        response = await client.put(
            f"/v1/bundles/{bundle.bundle_id}", content=slow(), headers=bundle_headers(bundle.data)
        )
        assert response.status_code == 408
        assert (await put(client, bundle)).status_code == 201


class Broken(IntakeDoor):
    """A door whose store fails as told."""

    error: Exception

    def put(self, hall, bundle_id, data):
        raise self.error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError("postgresql://office.example/secret is down"), 503),
        (StoreFull("/secret is full"), 507),
        (RuntimeError("the answer to the secret question"), 500),
    ],
)
async def test_misfortunes_are_told_in_words_that_give_nothing_away(site, error, status, caplog):
    bundle = site.bundle()
    central = site.central
    door = Broken(site.office.engine, central.keys.root, central.keys.receipt_signer(), central.clock, Limits())
    door.error = error
    with caplog.at_level(logging.DEBUG):
        async with a_visitor(site, door=door) as client:
            response = await put(client, bundle)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert ("retry-after" in response.headers) == (status != 500)
    assert "secret" not in response.text
    assert "secret" not in caplog.text
    assert status != 500 or "RuntimeError at test_door_limit.py:" in caplog.text


async def test_nothing_is_logged_of_a_token_or_a_body(site, caplog):
    token = a_token(site)
    with caplog.at_level(logging.DEBUG, "kiosk"):
        async with a_visitor(site, token) as client:
            for body in (b"canary-of-an-answer", b""):
                await client.put(f"/v1/bundles/{'0' * 64}", content=body, headers=bundle_headers(body))
                await client.post("/v1/have", content=body, headers={"Content-Type": "application/json"})
    assert token not in caplog.text
    assert "canary-of-an-answer" not in caplog.text
