"""The OpenAPI document of the door: what each path takes, and every answer it may give, in words."""

from typing import Any

from pydantic.json_schema import models_json_schema

from kiosk.central.door.body import DIGEST
from kiosk.central.door.fault import MEDIA
from kiosk.wire.document import Document
from kiosk.wire.upload import ChunkList, HaveAnswer, HaveRequest, Health, MissingChunks, Problem

TITLE = "The door of central"
ABOUT = """Halls send sealed bundles up and fetch receipts, releases and close-outs.

Every request may be sent again, at any time and in any order: it changes nothing and gives the same answer. A hall
keeps what it sent until it holds the signed receipt. An answer with `Retry-After` says when to come again; 400 and 408
may be sent again at once; every other refusal stays until a person has looked."""
MODELS: tuple[type[Document], ...] = (HaveRequest, HaveAnswer, ChunkList, MissingChunks, Problem, Health)
PROBLEMS = {
    400: "The body is not what its digest names, was cut short, or has another shape. Nothing was kept.",
    401: "No token, or one that is unknown, out of its time or revoked.",
    403: "The token is of another hall. Nothing was kept.",
    404: "Central does not hold this for the hall of the token.",
    408: "The body did not come in time. Nothing was kept.",
    409: "The closing is not explained in full yet; the words say what is missing.",
    413: "The body is larger than anything taken here.",
    415: "The body is of another content type.",
    422: "It does not verify. A bundle is kept in quarantine for a person to look at; it has no receipt.",
    429: "Too many requests.",
    500: "A mistake in central. Nothing was kept.",
    503: "Central is busy, or its store does not answer.",
    507: "Central has no room for this.",
}
_ALWAYS = (429, 500, 503)
_LATER = {429, 503, 507}
ENVELOPE = {
    "type": "object",
    "title": "Envelope",
    "description": "A DSSE envelope in its one spelling: canonical JSON, exactly one signature.",
    "required": ["payload", "payloadType", "signatures"],
    "additionalProperties": False,
    "properties": {
        "payload": {"type": "string", "contentEncoding": "base64"},
        "payloadType": {"type": "string"},
        "signatures": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["keyid", "sig"],
                "additionalProperties": False,
                "properties": {"keyid": {"type": "string"}, "sig": {"type": "string"}},
            },
        },
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the answers in words that a path may give, with those every path may."""
    return {status: _problem(status) for status in (*statuses, *_ALWAYS)}


def answers(description: str, schema: str | None = None) -> dict[str, Any]:
    """Return one answer that is a success, with the name of its schema if it has a body."""
    if schema is None:
        return {"description": description}
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}}


def takes(media: dict[str, dict[str, Any]], *, has_digest: bool = False) -> dict[str, Any]:
    """Return what a path takes, by content type; with the header that holds the digest of the body."""
    content = {name: {"schema": schema} for name, schema in media.items()}
    extra: dict[str, Any] = {"requestBody": {"required": True, "content": content}}
    if has_digest:
        extra["parameters"] = [
            {
                "name": DIGEST,
                "in": "header",
                "required": True,
                "description": "SHA-256 of the body as RFC 9530 writes it.",
                "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
            }
        ]
    return extra


def ref(name: str) -> dict[str, Any]:
    """Return a reference to a schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def completed(openapi: dict[str, Any]) -> dict[str, Any]:
    """Return the framework's document with our schemas and the token, without the framework's own answers."""
    _, schemas = models_json_schema(
        [(model, "serialization") for model in MODELS], ref_template="#/components/schemas/{model}"
    )
    components = openapi.setdefault("components", {})
    components["schemas"] = dict(sorted({**schemas["$defs"], "Envelope": ENVELOPE}.items()))
    components["securitySchemes"] = {
        "hall": {"type": "http", "scheme": "bearer", "description": "The token of one hall: 256 random bits."}
    }
    for path, item in openapi["paths"].items():
        for operation in item.values():
            if "HTTPValidationError" in str(operation["responses"].get("422", "")):
                del operation["responses"]["422"]
            if path != "/v1/health":
                operation["security"] = [{"hall": []}]
    return openapi


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"description": PROBLEMS[status], "content": {MEDIA: {"schema": ref("Problem")}}}
    if status in _LATER:
        words = "Seconds after which to come again."
        told["headers"] = {"Retry-After": {"description": words, "schema": {"type": "integer", "minimum": 1}}}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}}}
    return told
