"""The door held against its own OpenAPI document: whatever is thrown at it, the document tells of the answer."""

import hashlib
import json
from collections import Counter
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from builders import a_clock
from keyring import HALL, a_bundle, the_keyring
from kiosk.central.door.app import describe, make_app
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.limit import Limits
from kiosk.central.token import ENROL, give
from kiosk.ground.rate import Rate
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.receipt import ReceiptSigner
from visitor import BYTES, digest_header

DOSE, FULL = 40, 2_000
"""Examples for each path and each kind of data."""
WIDE = Limits(hall_rate=Rate(1e9, 10**9), address_rate=Rate(1e9, 10**9), chunks=10**9, aside=10**12)
OPERATIONS = 8
NOTHING_TO_SPOIL = ("/v1/health",)
"""Paths that take nothing, so that nothing can be wrong with it."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def api(plain_files, tmp_path):
    """The door over a file, as the document describes it, and the headers of a hall."""
    office, keyring = Office(plain_files.make("office", tmp_path), a_clock()), the_keyring()
    office.people.found(FIRST_PEOPLE, office.now())
    token = give(office, office.acting(ENROL), HALL, "https://central.example", None)[1].token
    signer = ReceiptSigner(keyring.receipt, keyring.receipt_chain)
    door = IntakeDoor(office.engine, keyring.root.public, signer, a_clock(), WIDE)
    schema = schemathesis.openapi.from_asgi("/openapi.json", make_app(door))
    yield schema, {"Authorization": f"Bearer {token}"}
    door.close()


def make_true(case: Case, *, is_real: bool) -> None:
    """Let the digest be that of the body, which no schema can say; and the body a bundle, if it is to be one."""
    if is_real and case.operation.path == "/v1/bundles/{bundle_id}":
        bundle = a_real_bundle()
        case.path_parameters = {"bundle_id": bundle.bundle_id}
        case.body, case.media_type = bundle.data, BYTES
    if isinstance(case.body, dict):
        data = json.dumps(case.body).encode()
        case.headers = {**(case.headers or {}), "Content-Digest": digest_header(data)}
    if isinstance(case.body, bytes):
        case.headers = {**(case.headers or {}), "Content-Digest": digest_header(case.body)}
        if "digest" in (case.path_parameters or {}):
            case.path_parameters = {"digest": hashlib.sha256(case.body).hexdigest()}


def excluded(case: Case, kind: str) -> list[Any]:
    """Return what cannot be held against a case.

    That good data is taken: whether a body is what its digest names, and verifies, is more than a schema says. That
    bad data is refused: where it was made good after it was drawn.
    """
    checks = [ignored_auth]  # shown path by path in tests/central/test_intake_door.py
    if case.operation.method.upper() == "PUT":
        checks.append(positive_data_acceptance)
    if kind != "as drawn":
        checks.append(negative_data_rejection)
    return checks


@cache
def a_real_bundle() -> Bundle:
    """Return one bundle that verifies."""
    return a_bundle()


def throw(api: Any, examples: int) -> Counter[str]:
    """Throw examples at every path; return how many cases were run, and how often each status came back."""
    schema, headers = api
    found: Counter[str] = Counter()
    operations = [o.ok() for o in schema.get_all_operations()]
    assert len(operations) == OPERATIONS

    def run(operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), kind=st.sampled_from(("as drawn", "whole", "real")))
        def one(case: Case, kind: str) -> None:
            if kind != "as drawn":
                make_true(case, is_real=kind == "real")
            response = case.call(headers=dict(headers))
            found["cases"] += 1
            found[str(response.status_code)] += 1
            case.validate_response(response, excluded_checks=excluded(case, kind), headers=dict(headers))

        one()

    for operation in operations:
        for mode in MODES:
            if mode is GenerationMode.POSITIVE or operation.path not in NOTHING_TO_SPOIL:
                run(operation, mode)
    return found


def hold(found: Counter[str], least: int) -> None:
    """Say how many cases were run, and fail where too few were, or too few answers were met."""
    print(f"{found['cases']} cases thrown at the door:", {k: v for k, v in sorted(found.items()) if k != "cases"})
    assert found["cases"] >= least
    assert {"200", "201", "400", "401", "404", "422"} <= found.keys()
    assert not any(status.startswith("5") for status in found)


def test_every_answer_is_in_the_document(api):
    hold(throw(api, DOSE), 400)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_every_answer_is_in_the_document_in_full(api):
    hold(throw(api, FULL), 10_000)


def test_the_document_is_openapi_3_1_and_tells_every_path_and_refusal():
    document = describe()
    assert document["openapi"].startswith("3.1")
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    paths = document["paths"]
    assert len(paths) == OPERATIONS
    for path, item in paths.items():
        for operation in item.values():
            assert operation["summary"]
            assert operation["description"]
            statuses = operation["responses"]
            assert {"429", "500", "503"} <= statuses.keys()
            assert ("401" in statuses) == (operation.get("security") == [{"hall": []}]) == (path != "/v1/health")
            for status, response in statuses.items():
                assert response["description"]
                assert status < "400" or response["content"] == {"application/problem+json": problem}
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
