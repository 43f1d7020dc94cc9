"""A door over any store, and a hall that knocks at it without a network."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from keyring import HALL
from kiosk.central.door.app import make_app
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.limit import Limits
from kiosk.central.token import give
from kiosk.wire.upload import Problem

URL = "https://central.example"
BYTES = "application/octet-stream"
CHUNKS = "application/vnd.exam-kiosk.chunks+json"


def a_token(site: Any, hall: str = HALL, days: int = 90) -> str:
    """Return a fresh token for a hall."""
    actor = site.office.acting("settings.enrol_kiosk_key")
    return give(site.office, actor, hall, URL, None, days)[1].token


def a_door(site: Any, **limits: Any) -> IntakeDoor:
    """Return the door of a site; `limits` changes what it allows."""
    central = site.central
    return IntakeDoor(
        site.office.engine, central.keys.root, central.keys.receipt_signer(), central.clock, Limits(**limits)
    )


@asynccontextmanager
async def a_visitor(
    site: Any, token: str | None = "", *, door: IntakeDoor | None = None, **limits: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client at the door, with a token of Hall 2 unless told; `limits` changes what the door allows."""
    headers = {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token or a_token(site)}"
    app = make_app(door or a_door(site, **limits))
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
        yield client


def digest_header(data: bytes) -> str:
    """Return the digest of a body as RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def bundle_headers(data: bytes, media: str = BYTES) -> dict[str, str]:
    """Return the headers a bundle is put with."""
    return {"Content-Type": media, "Content-Digest": digest_header(data)}


async def put(client: httpx.AsyncClient, bundle: Any, data: bytes | None = None, **changes: str) -> httpx.Response:
    """Put a bundle, or other bytes under its id."""
    data = bundle.data if data is None else data
    headers = bundle_headers(data) | changes
    return await client.put(f"/v1/bundles/{bundle.bundle_id}", content=data, headers=headers)


def is_problem(response: httpx.Response, status: int) -> bool:
    """Whether an answer is a refusal in words, of one status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    return bool(problem.title and problem.detail)
