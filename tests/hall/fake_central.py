"""Central's door as the wire describes it, in memory, with faults a test plants: what an upload must live with."""

import base64
import hashlib
from collections import deque

import httpx

from keyring import HALL, the_keyring
from kiosk.exam.error import KioskError
from kiosk.sealing.bundle import verify
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.wire.connection import ConnectionDocument
from kiosk.wire.upload import ChunkList, HaveAnswer, HaveRequest, Held, MissingChunks, Problem

TOKEN = "t" * 43
AT = "2031-05-06T16:00:00.000Z"


def a_connection(url="https://central.example"):
    return ConnectionDocument(version=1, url=url, hall=HALL, token=TOKEN, certificate=None)


class FakeCentral:
    """Holds bundles, chunks and receipts; `faults` are answered first, one a request."""

    def __init__(self, keyring=None):
        self.keyring = keyring or the_keyring()
        self.signer = ReceiptSigner(self.keyring.receipt, self.keyring.receipt_chain)
        self.receipts = {}
        self.bundles = {}
        self.chunks = {}
        self.faults = deque()
        self.declined = {}
        self.calls = []

    def client(self):
        return httpx.Client(
            transport=httpx.MockTransport(self.answer),
            base_url="https://central.example",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )

    def answer(self, request):
        self.calls.append(f"{request.method} {request.url.path}")
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        if callable(fault):  # done, and the answer lost
            self._answer(request)
            raise fault()
        return fault or self._answer(request)

    def _answer(self, request):
        body = request.content
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return problem(401, "unknown token")
        told = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if request.headers.get("Content-Digest") != f"sha-256=:{told}:":
            return problem(400, "not what its digest names")
        if request.url.path == "/v1/have":
            ids = HaveRequest.model_validate_json(body).ids
            return httpx.Response(200, text=HaveAnswer(bundles=tuple(map(self._held, ids))).model_dump_json())
        *_, kind, name = request.url.path.split("/")
        if kind == "chunks":
            assert hashlib.sha256(body).hexdigest() == name
            self.chunks[name] = body
            return httpx.Response(201)
        if request.headers["Content-Type"].endswith("chunks+json"):
            listed = ChunkList.model_validate_json(body)
            missing = tuple(dict.fromkeys(c for c in listed.chunks if c not in self.chunks))
            if missing:
                return httpx.Response(202, text=MissingChunks(missing=missing).model_dump_json())
            body = b"".join(self.chunks[c] for c in listed.chunks)
        return self._put(name, body)

    def _put(self, name, data):
        if name in self.declined:
            return self.declined[name]
        try:
            bundle = verify(data, self.keyring.root.public)
        except KioskError as error:
            return problem(422, error.message)
        assert bundle.bundle_id == name
        is_new = name not in self.receipts
        receipt = self.receipts.setdefault(name, self.signer.receipt(bundle, AT))
        self.bundles.setdefault(name, data)
        return httpx.Response(201 if is_new else 200, content=receipt)

    def _held(self, name):
        receipt = self.receipts.get(name)
        if receipt is None:
            return Held(id=name, state="unknown", receipt=None)
        return Held(id=name, state="received", receipt=receipt.decode())


def problem(status, words, **headers):
    """Return a refusal in words."""
    text = Problem(title="Refused", detail=words).model_dump_json()
    return httpx.Response(status, text=text, headers={n.replace("_", "-"): v for n, v in headers.items()})
