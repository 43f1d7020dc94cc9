"""The routes of the door: each reads its request within bounds, does one thing, and answers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Path
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from kiosk.central.door.bearer import token_of
from kiosk.central.door.body import DIGEST, Body, must_match
from kiosk.central.door.door import Answered, IntakeDoor
from kiosk.central.door.fault import Fault
from kiosk.central.door.threshold import log, too_fast
from kiosk.ground.rate import Buckets
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.wire.document import words
from kiosk.wire.upload import CHUNK, ChunkList, HaveRequest, Health, MissingChunks
from storage.engine import StoreError

JSON = "application/json"
BYTES = "application/octet-stream"
CHUNKS = "application/vnd.exam-kiosk.chunks+json"
LARGEST_JSON = 128 * 2**10
"""Bytes of a request in JSON: a thousand ids and room to spare."""
DAY = 86_400.0
PutId = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="A SHA-256 in lower-case hex.")]
TestId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/]+$", description="A test.")]
P = ParamSpec("P")
T = TypeVar("T")


class Routes:
    """What each path does. Verifying and writing are done in a bounded pool of threads, off the event loop."""

    def __init__(self, door: IntakeDoor) -> None:
        self._door = door
        self._limits = door.limits
        self._halls = Buckets(door.limits.hall_rate, lambda: door.clock.now().boot_ms)
        self._threads = ThreadPoolExecutor(door.limits.threads, thread_name_prefix="door")
        self._joins = asyncio.Semaphore(door.limits.joins)

    def close(self) -> None:
        """Wait for what is in hand."""
        self._threads.shutdown()

    async def clean_daily(self) -> None:
        """Forget, at the opening and then every day, the pieces of bundles nobody finished."""
        while True:
            try:
                await self._run(self._door.clean)
            except StoreError as error:
                log.warning("old chunks stay: %s", type(error).__name__)
            await asyncio.sleep(DAY)

    async def health(self) -> Response:
        """Say that the door is open and its store answers."""
        await self._run(self._door.alive)
        return _json(Health(state="open").model_dump_json())

    async def have(self, request: Request) -> Response:
        """Say which of up to 1,000 bundles of this hall are here, in the order asked, with the stored receipts."""
        hall = await self._hall(request)
        _must_be(request, JSON)
        data = await Body(request, self._limits).read(LARGEST_JSON)
        try:
            asked = HaveRequest.model_validate_json(data)
        except ValidationError as error:
            raise Fault(400, "Not valid", words(error)) from None
        answer = await self._run(self._door.have, hall, asked.ids)
        return _json(answer.model_dump_json())

    async def put_bundle(self, bundle_id: PutId, request: Request) -> Response:
        """Take a bundle in, whole or as the list of its chunks. Any number of times gives the same receipt."""
        hall = await self._hall(request)
        if _must_be(request, BYTES, CHUNKS) == CHUNKS:
            return await self._put_list(hall, bundle_id, request)
        data = await Body(request, self._limits).read(CHUNK)
        must_match(data, request.headers.get(DIGEST))
        return _receipt(await self._run(self._door.put, hall, bundle_id, data))

    async def put_chunk(self, digest: PutId, request: Request) -> Response:
        """Keep one piece of a large bundle until its list comes."""
        hall = await self._hall(request)
        _must_be(request, BYTES)
        data = await Body(request, self._limits).read(CHUNK)
        is_new = await self._run(self._door.put_chunk, hall, digest, data)
        return Response(status_code=201 if is_new else 200)

    async def receipt(self, bundle_id: PutId, request: Request) -> Response:
        """Return the stored receipt of a bundle, byte for byte the same at every asking."""
        hall = await self._hall(request)
        return _json(await self._run(self._door.receipt, hall, bundle_id))

    async def release(self, test_id: TestId, request: Request) -> Response:
        """Return what opens the papers of a test in this hall, once the office has released it."""
        hall = await self._hall(request)
        return _json(await self._run(self._door.release, hall, test_id))

    async def put_closing(self, closing_id: PutId, request: Request) -> Response:
        """Keep the hall's signed closing of a test until the office has settled it."""
        hall = await self._hall(request)
        _must_be(request, JSON)
        data = await Body(request, self._limits).read(LARGEST_ENVELOPE)
        must_match(data, request.headers.get(DIGEST))
        await self._run(self._door.put_closing, hall, closing_id, data)
        return Response(status_code=202)

    async def closeout(self, closing_id: PutId, request: Request) -> Response:
        """Return the close-out of a closing: the signed word that the hall may wipe what it holds."""
        hall = await self._hall(request)
        return _json(await self._run(self._door.closeout, hall, closing_id))

    async def _put_list(self, hall: str, bundle_id: str, request: Request) -> Response:
        data = await Body(request, self._limits).read(LARGEST_JSON)
        must_match(data, request.headers.get(DIGEST))
        try:
            chunks = ChunkList.model_validate_json(data)
        except ValidationError as error:
            raise Fault(400, "Not valid", words(error)) from None
        async with self._joins:
            return _receipt(await self._run(self._door.put_list, hall, bundle_id, chunks))

    async def _hall(self, request: Request) -> str:
        """Return the hall that asks; raises Fault 401 without a good token, 429 where it comes too often."""
        token = token_of(request.headers.get("Authorization"))
        holder = await self._run(self._door.holder, token)
        wait = self._halls.take(holder.token_id)
        if wait:
            raise too_fast(wait)
        return holder.hall

    async def _run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: act(*args, **kwargs))


def _must_be(request: Request, *media: str) -> str:
    """Return the content type of a body; raises Fault 415 for another."""
    told = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if told not in media:
        raise Fault(415, "Another kind", f"Send this as {' or '.join(media)}.")
    return told


def _receipt(answered: Answered) -> Response:
    if answered.missing:
        return _json(MissingChunks(missing=answered.missing).model_dump_json(), 202)
    return _json(answered.receipt, 201 if answered.is_new else 200)


def _json(body: str | bytes, status: int = 200) -> Response:
    return Response(body, status, media_type=JSON)
