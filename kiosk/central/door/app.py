"""The door as an ASGI application: routes, their documents, and faults as answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy import create_engine
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from kiosk.central.door.document import ABOUT, TITLE, answers, completed, problems, ref, takes
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.fault import Fault, answer, fault_of, mistake
from kiosk.central.door.limit import Limits
from kiosk.central.door.route import BYTES, CHUNKS, JSON, Routes
from kiosk.central.door.threshold import Threshold
from kiosk.exam.error import KioskError
from kiosk.ground.clock import SystemClock
from kiosk.sealing.key import SigningKey
from kiosk.sealing.receipt import ReceiptSigner

_CLOSED = 499
"""Nobody hears this: who asked has hung up."""


def make_app(door: IntakeDoor) -> ASGIApp:
    """Return the application of a door; it closes the door when it is shut down."""
    routes = Routes(door)

    @asynccontextmanager
    async def open_hours(app: FastAPI) -> AsyncIterator[None]:
        cleaning = asyncio.create_task(routes.clean_daily())
        yield
        cleaning.cancel()
        routes.close()
        door.close()

    return Threshold(make_rooms(routes, open_hours), door.clock, door.limits)


def describe() -> dict[str, Any]:
    """Return the OpenAPI document of the door, without opening one."""
    never_opened = create_engine("sqlite://")
    signer = ReceiptSigner(SigningKey.generate(), ())
    routes = Routes(IntakeDoor(never_opened, "", signer, SystemClock(), Limits()))
    return make_rooms(routes).openapi()


def make_rooms(routes: Routes, lifespan: Any = None) -> FastAPI:
    """Return the paths behind the threshold, with the document that describes them."""
    rooms = FastAPI(
        title=TITLE,
        description=ABOUT,
        version=_version(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    rooms.include_router(_router(routes))
    framework = rooms.openapi
    document: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not document:
            document.update(completed(framework()))
        return document

    rooms.openapi = openapi  # type: ignore[method-assign]
    rooms.add_exception_handler(KioskError, _on_error)
    rooms.add_exception_handler(HTTPException, _on_http)
    rooms.add_exception_handler(RequestValidationError, _on_shape)
    rooms.add_exception_handler(ClientDisconnect, _on_hang_up)
    rooms.add_exception_handler(Exception, _on_mistake)
    return rooms


def _router(routes: Routes) -> APIRouter:
    router = APIRouter(prefix="/v1")
    raw = {"type": "string", "format": "binary", "maxLength": 2**20}
    receipt: dict[int | str, Any] = {
        200: answers("It was here before. The stored receipt, byte for byte.", "Envelope"),
        201: answers("It is stored. Its receipt.", "Envelope"),
        202: answers("These chunks are missing: send them, then the list again.", "MissingChunks"),
    }
    _add(router, "GET", "/health", routes.health, {200: answers("The door is open.", "Health"), **problems(507)})
    _add(
        router,
        "POST",
        "/have",
        routes.have,
        {
            200: answers("One answer for each id, in the order asked.", "HaveAnswer"),
            **problems(400, 401, 408, 413, 415),
        },
        takes({JSON: ref("HaveRequest")}),
    )
    _add(
        router,
        "PUT",
        "/bundles/{bundle_id}",
        routes.put_bundle,
        {**receipt, **problems(400, 401, 403, 408, 409, 413, 415, 422, 507)},
        takes({BYTES: raw, CHUNKS: ref("ChunkList")}, has_digest=True),
    )
    _add(
        router,
        "GET",
        "/bundles/{bundle_id}/receipt",
        routes.receipt,
        {200: answers("The stored receipt, byte for byte.", "Envelope"), **problems(400, 401, 404)},
    )
    _add(
        router,
        "PUT",
        "/chunks/{digest}",
        routes.put_chunk,
        {200: answers("It was here before."), 201: answers("It is kept."), **problems(400, 401, 408, 413, 415, 507)},
        takes({BYTES: raw}),
    )
    _add_letters(router, routes)
    return router


def _add_letters(router: APIRouter, routes: Routes) -> None:
    _add(
        router,
        "GET",
        "/releases/{test_id}",
        routes.release,
        {200: answers("The release token, byte for byte.", "Envelope"), **problems(400, 401, 404)},
    )
    _add(
        router,
        "PUT",
        "/closings/{closing_id}",
        routes.put_closing,
        {202: answers("It is kept, and will be settled."), **problems(400, 401, 403, 408, 413, 415, 422, 507)},
        takes({JSON: ref("Envelope")}, has_digest=True),
    )
    _add(
        router,
        "GET",
        "/closings/{closing_id}/closeout",
        routes.closeout,
        {200: answers("The close-out, byte for byte.", "Envelope"), **problems(400, 401, 404, 409)},
    )


def _add(
    router: APIRouter, method: str, path: str, act: Any, told: dict[int | str, Any], extra: dict[str, Any] | None = None
) -> None:
    summary = f"{act.__name__.replace('_', ' ').capitalize()}"
    router.add_api_route(
        path,
        act,
        methods=[method],
        summary=summary,
        description=act.__doc__,
        response_model=None,
        response_class=Response,
        status_code=min(s for s in told if isinstance(s, int)),
        responses=told,
        openapi_extra=extra,
    )


async def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KioskError)
    return answer(fault_of(error))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    titles = {404: "Not here", 405: "Not this way"}
    response = answer(Fault(error.status_code, titles.get(error.status_code, "Refused"), str(error.detail)))
    response.headers.update(error.headers or {})
    return response


async def _on_shape(request: Request, error: Exception) -> Response:
    return answer(Fault(400, "Not valid", "An id here is a SHA-256: 64 characters of lower-case hex."))


async def _on_hang_up(request: Request, error: Exception) -> Response:
    return Response(status_code=_CLOSED)


async def _on_mistake(request: Request, error: Exception) -> Response:
    return answer(mistake())


def _version() -> str:
    try:
        return version("exam-kiosk")
    except PackageNotFoundError:
        return "0"
