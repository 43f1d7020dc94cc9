"""The door under the intake's role: all of it works, as a login of the role and by SET ROLE, and `serve` too."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event, text
from test_door_letter import a_closing
from test_door_letter import put as put_closing
from test_door_program import bare_keys, end, serve
from test_intake_door import a_large_bundle, cut, list_of, put_chunk

from builders import NOON
from keyring import HALL
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.limit import Limits
from kiosk.exam.moment import Clock
from kiosk.sealing.receipt import read_receipt
from storage.central.closing import ClosingStore
from storage.central.release import GivenRelease, ReleaseStore
from storage.engine import open_engine
from storage.role import settle_intake
from visitor import CHUNKS, a_token, a_visitor, bundle_headers, is_problem, put

PASSWORD = "aardvark-7"


@dataclass
class Door:
    """A site on PostgreSQL, and the address of a login that may only take in."""

    site: Any
    login: str
    role: str

    def open(self, way: str, clock: Clock) -> IntakeDoor:
        """Return the door over an engine of the role."""
        central, address = self.site.central, self.login
        if way == "set role":
            address = self.site.office.engine.url.render_as_string(hide_password=False)
        engine = open_engine(address)
        if way == "set role":
            engine.dispose()
            event.listen(engine, "connect", self._become)
        with engine.connect() as c:
            assert c.scalar(text("SELECT current_user")) != self.site.office.engine.url.username
        return IntakeDoor(engine, central.keys.root, central.keys.receipt_signer(), clock, Limits())

    def _become(self, connection: Any, record: object) -> None:
        connection.execute(f"SET ROLE {self.role}")
        connection.commit()


@pytest.fixture
def door(server_site) -> Iterator[Door]:
    """A settled role and a login of it."""
    engine: Engine = server_site.office.engine
    role, login = f"intake_{uuid.uuid4().hex[:12]}", f"door_{uuid.uuid4().hex[:12]}"
    settle_intake(engine, role)
    with engine.begin() as c:
        c.execute(text(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}' IN ROLE {role}"))
    address = engine.url.set(username=login, password=PASSWORD).render_as_string(hide_password=False)
    yield Door(server_site, address, role)
    with engine.begin() as c:
        c.execute(text(f"DROP OWNED BY {role}, {login}; DROP ROLE {role}, {login}"))


def released(site) -> bytes:
    """Put a release token where the door finds it, and return it."""
    envelope = b'{"payload":"x"}'
    given = GivenRelease(
        test_id=site.paper.test_id, hall=HALL, envelope=envelope, released_at=NOON, released_by="admin"
    )
    actor = site.office.acting("test.export_package")
    audit = site.office.audit("test.export_package", actor, "releases", site.paper.test_id)
    return ReleaseStore(site.office.engine).give(given, audit)


@pytest.mark.parametrize("way", ["login", "set role"])
async def test_all_the_door_does_it_may_do(door, way):
    site = door.site
    bundle, large, closing = site.bundle(1), a_large_bundle(site), a_closing(site.keyring)
    listed, opened = list_of(large.data), door.open(way, site.central.clock)
    async with a_visitor(site, a_token(site), door=opened) as client:
        assert (await client.get("/v1/health")).status_code == 200
        first, again = await put(client, bundle), await put(client, bundle)
        assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
        read_receipt(first.content, site.keyring.root.public, bundle.bundle_id)
        assert (await client.get(f"/v1/bundles/{bundle.bundle_id}/receipt")).content == first.content
        answer = await client.post("/v1/have", json={"ids": [bundle.bundle_id, "0" * 64]})
        assert [b["state"] for b in answer.json()["bundles"]] == ["received", "unknown"]

        path = f"/v1/bundles/{large.bundle_id}"
        asked = await client.put(path, content=listed, headers=bundle_headers(listed, CHUNKS))
        assert (asked.status_code, asked.json()["missing"]) == (202, json.loads(listed)["chunks"])
        assert {(await put_chunk(client, piece)).status_code for piece in cut(large.data)} == {201}
        whole = await client.put(path, content=listed, headers=bundle_headers(listed, CHUNKS))
        assert whole.status_code == 201

        assert is_problem(await put(client, bundle, bundle.data[:-1] + bytes([bundle.data[-1] ^ 1])), 422)
        assert is_problem(await client.get(f"/v1/releases/{site.paper.test_id}"), 404)
        token = released(site)
        assert (await client.get(f"/v1/releases/{site.paper.test_id}")).content == token
        assert [(await put_closing(client, closing)).status_code for _ in range(2)] == [202, 202]
        assert is_problem(await client.get(f"/v1/closings/{closing.closing_id}/closeout"), 404)
        await put_chunk(client, b"left behind")
        assert opened.clean() == 0
        site.central.clock.advance(31 * 86_400_000)
        assert opened.clean() == 1
    assert site.central.arrivals.counts()["quarantined"] == 1
    assert site.central.arrivals.waiting() == 2
    assert [c.closing_id for c in ClosingStore(site.office.engine).closings()] == [closing.closing_id]
    assert [s.is_counted for s in site.settle()] == [True, True]
    opened.close()


async def test_an_office_that_moved_on_is_told_from_one_that_may_not_be_read(door):
    with door.site.office.engine.begin() as c:
        c.execute(text(f"REVOKE SELECT ON receipts FROM {door.role}"))
    async with a_visitor(door.site, a_token(door.site), door=door.open("login", door.site.central.clock)) as client:
        refused = await put(client, door.site.bundle())
        assert is_problem(refused, 500)
        assert "receipts" not in refused.text
    assert door.site.central.arrivals.lines() == ()


def test_serve_takes_in_under_the_role_without_the_key_of_names(door, tmp_path):
    site, url = door.site, tmp_path / "database.url"
    url.write_text(door.login)
    url.chmod(0o600)
    keys = bare_keys(tmp_path / "keys", tmp_path / "bare")
    assert not (keys / "personal.key").exists()
    bundles, token = [site.bundle(n) for n in range(1, 4)], a_token(site)
    options = ("--database-file", str(url), "--keys", str(keys), "--workers", "2", "--plain-loopback")
    with serve(tmp_path, *options) as (child, facts):

        def send(number: int) -> int:
            bundle = bundles[number % len(bundles)]
            headers = {"Authorization": f"Bearer {token}", **bundle_headers(bundle.data)}
            address = f"{facts['url']}/v1/bundles/{bundle.bundle_id}"
            return httpx.put(address, content=bundle.data, headers=headers, timeout=60).status_code

        with ThreadPoolExecutor(6) as threads:
            assert sorted(threads.map(send, range(12))) == [200] * 9 + [201] * 3
        assert end(child) == 0
    assert site.central.arrivals.waiting() == 3
