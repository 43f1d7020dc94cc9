"""The real program at the door: TLS, processes, its end, and what it never opens."""

import json
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from typer.testing import CliRunner

from builders import NOON
from keyring import HALL
from kiosk.central.door.server import DoorServer
from kiosk.cli.main import app
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.home import Home
from kiosk.hall.connection import open_client, read_connection
from kiosk.sealing.receipt import read_receipt
from storage.central.intake import IntakeStore
from visitor import BYTES, a_token, bundle_headers

HERE = Path(__file__).parent
PATIENCE = 60


@contextmanager
def program(*words: str) -> Iterator[tuple[subprocess.Popen[str], dict]]:
    """Start a program that says in one line of JSON where it serves; end it at the end."""
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1])
    try:
        yield child, json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.wait(PATIENCE)


def serve(home: Path, *options: str):
    """Start `kiosk central serve` on a free port."""
    return program("-m", "kiosk", "central", "serve", "--port", "0", "--json", "--home", str(home), *options)


def run(*words: str, status: int = 0) -> str:
    """Run a command here and return what it says."""
    result = CliRunner().invoke(app, words)
    assert result.exit_code == status, result.output
    return result.output


def end(child: subprocess.Popen[str]) -> int:
    """Tell a program to end, and return its exit status."""
    child.send_signal(signal.SIGTERM)
    return child.wait(PATIENCE)


def put(client: httpx.Client, bundle, url: str = "") -> httpx.Response:
    """Put a bundle."""
    return client.put(f"{url}/v1/bundles/{bundle.bundle_id}", content=bundle.data, headers=bundle_headers(bundle.data))


@pytest.fixture
def home(home_site):
    """The folder of the home of the site."""
    return Path(home_site.office.engine.url.database).parents[1]


def test_a_hall_connects_over_tls_pinned_to_the_doors_own_certificate(home_site, home, tmp_path):
    bundle, file = home_site.bundle(), tmp_path / "hall-2.connection"
    with serve(home) as (child, facts):
        said = run("central", "token", HALL, "--to", str(file), "--url", facts["url"], "--home", str(home))
        hall = tmp_path / "hall"
        run("hall", "connect", str(file), "--home", str(hall))
        connection = read_connection(Home(hall).hall)
        assert file.stat().st_mode & 0o777 == 0o600
        assert (Home(hall).hall.keys / "connection.json").stat().st_mode & 0o777 == 0o600
        assert connection.token not in said
        assert DoorCertificate.own(home / "office" / "keys").fingerprint() == facts["fingerprint"]
        with open_client(connection) as client:
            first, again = put(client, bundle), put(client, bundle)
        assert (first.status_code, again.status_code, first.content) == (201, 200, again.content)
        read_receipt(first.content, home_site.keyring.root.public, bundle.bundle_id)

        other = DoorCertificate.own(tmp_path / "other")
        other.make(["127.0.0.1"], NOON.replace(year=2026), "another")
        for pinned in (None, other.pem()):
            with (
                open_client(connection.model_copy(update={"certificate": pinned})) as stranger,
                pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
            ):
                stranger.get("/v1/health")
        with pytest.raises(httpx.TransportError):
            httpx.get(facts["url"].replace("https", "http") + "/v1/health")
        assert end(child) == 0
    assert home_site.central.arrivals.receipt(bundle.bundle_id) == first.content


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_nothing_older_than_tls_1_2_is_spoken(home_site, home):
    with serve(home) as (_, facts):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        port = httpx.URL(facts["url"]).port
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as raw, pytest.raises(ssl.SSLError):
            context.wrap_socket(raw)


def test_an_answer_is_not_held_back_until_its_head_is_acknowledged():
    site = SimpleNamespace(is_shared=False)
    with (
        DoorServer(site=site, host="127.0.0.1", port=0, certificate=None).bind() as bound,
        socket.create_connection(bound.getsockname(), PATIENCE),
        bound.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def head_of(bundle, token: str) -> bytes:
    """Return the head of a request that puts a bundle."""
    headers = {
        "Host": "127.0.0.1",
        "Authorization": f"Bearer {token}",
        "Content-Length": str(len(bundle.data)),
        **bundle_headers(bundle.data),
    }
    lines = [f"PUT /v1/bundles/{bundle.bundle_id} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def until_shut(url: str) -> None:
    """Knock until nobody opens."""
    try:
        while True:
            httpx.get(f"{url}/v1/health")
    except httpx.TransportError:
        return


def test_told_to_end_it_finishes_what_is_in_hand_and_lets_nobody_else_in(home_site, home):
    bundle, token = home_site.bundle(), a_token(home_site)
    with serve(home, "--plain-loopback") as (child, facts):
        port = httpx.URL(facts["url"]).port
        assert httpx.get(f"{facts['url']}/v1/health").status_code == 200
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(head_of(bundle, token) + bundle.data[:100])
            assert httpx.get(f"{facts['url']}/v1/health").status_code == 200  # by now the other's head was read
            child.send_signal(signal.SIGTERM)
            until_shut(facts["url"])
            line.sendall(bundle.data[100:])
            answer = b"".join(iter(lambda: line.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 201")
        assert child.wait(PATIENCE) == 0
    assert answer.endswith(home_site.central.arrivals.receipt(bundle.bundle_id))


def test_it_opens_no_key_that_opens_anything(home_site, home):
    bundle, token = home_site.bundle(), a_token(home_site)
    keys = home / "office" / "keys"
    for name in ("intake.age", "escrow.age", "root.ed25519", "release.ed25519"):
        (keys / name).unlink()
    client = httpx.Client(headers={"Authorization": f"Bearer {token}"})
    with program(str(HERE / "door_process.py"), str(home), "{}") as (_, facts), client:
        assert put(client, bundle, f"http://127.0.0.1:{facts['port']}").status_code == 201
    opened = {Path(name).name for name in facts["opened"] if Path(name).parent == keys}
    assert opened == {"store.key", "root.ed25519.pub", "receipt.ed25519", "receipt.certificates"}


def test_who_says_nothing_is_hung_up_on_and_who_stands_still_is_told(home_site, home):
    bundle, token = home_site.bundle(), a_token(home_site)
    limits = json.dumps({"head": 0.3, "pause": 0.3})
    with program(str(HERE / "door_process.py"), str(home), limits) as (_, facts):
        address = ("127.0.0.1", facts["port"])
        for said in (b"", b"PUT /v1/bund", b"GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: "):
            with socket.create_connection(address, PATIENCE) as line:
                line.sendall(said)
                assert heard(line) == b""
        with socket.create_connection(address, PATIENCE) as line:
            line.sendall(head_of(bundle, token) + bundle.data[:10])
            answer = heard(line)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in answer.lower()
        with socket.create_connection(address, PATIENCE) as line:
            line.sendall(b"GET /v1/health HTTP/1.1\r\nX-Large: " + b"x" * 100_000)
            assert heard(line).startswith(b"HTTP/1.1 400")
        assert httpx.get(f"http://127.0.0.1:{facts['port']}/v1/health").status_code == 200


def heard(line: socket.socket) -> bytes:
    """Return all that is said on a line until the other end hangs up."""
    answer = bytearray()
    try:
        while piece := line.recv(65_536):
            answer += piece
    except ConnectionResetError:
        pass
    return bytes(answer)


def test_a_refusal_of_a_whole_chunk_is_heard_and_not_a_broken_line(home_site, home):
    with serve(home, "--plain-loopback") as (_, facts):
        for _ in range(20):
            response = httpx.put(
                f"{facts['url']}/v1/chunks/{'0' * 64}", content=bytes(2**20), headers={"Content-Type": BYTES}
            )
            assert (response.status_code, response.json()["title"]) == (401, "Who is this?")


def bare_keys(keys: Path, folder: Path) -> Path:
    """Return a folder with only what a door of its own needs."""
    folder.mkdir(mode=0o700)
    for name in ("root.ed25519.pub", "receipt.ed25519", "receipt.certificates"):
        shutil.copy(keys / name, folder / name)
    return folder


def test_several_processes_at_one_postgresql_give_one_row_and_one_receipt(server_site, tmp_path):
    url = tmp_path / "database.url"
    url.write_text(server_site.office.engine.url.render_as_string(hide_password=False))
    url.chmod(0o600)
    keys = bare_keys(tmp_path / "keys", tmp_path / "bare")
    bundles, token = [server_site.bundle(n) for n in range(1, 6)], a_token(server_site)
    options = ("--database-file", str(url), "--keys", str(keys), "--workers", "2", "--plain-loopback")
    with serve(tmp_path, *options) as (child, facts):

        def send(number: int) -> tuple[str, int, bytes]:
            bundle = bundles[number % len(bundles)]
            with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE) as client:
                response = put(client, bundle, facts["url"])
            return bundle.bundle_id, response.status_code, response.content

        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(send, range(100)))
        assert end(child) == 0
    assert sorted(status for _, status, _ in answers) == [200] * 95 + [201] * 5
    arrivals = IntakeStore(server_site.office.engine)
    assert {(i, r) for i, _, r in answers} == {(b.bundle_id, arrivals.receipt(b.bundle_id)) for b in bundles}
    assert arrivals.counts()["received"] == 5


def test_a_door_of_its_own_holds_no_other_key_and_a_file_has_one_process(home_site, home, tmp_path):
    keys = bare_keys(home / "office" / "keys", tmp_path / "bare")
    url = tmp_path / "database.url"
    url.write_text("postgresql://nobody:secret@127.0.0.1:1/nothing")
    words = ("central", "serve", "--port", "0", "--home", str(home))
    for name in ("intake.age", "escrow.age", "root.ed25519", "release.ed25519", "personal.key"):
        (keys / name).write_text("x")
        assert name in run(*words, "--database-file", str(url), "--keys", str(keys), status=1)
        (keys / name).unlink()
    said = run(*words, "--database-file", str(url), "--keys", str(keys), status=1)
    assert "chmod 600" in said
    url.chmod(0o600)
    said = run(*words, "--plain-loopback", "--database-file", str(url), "--keys", str(keys), status=1)
    assert "secret" not in said
    assert "PostgreSQL" in run(*words, "--workers", "2", status=1)
    assert "127.0.0.1" in run(*words, "--plain-loopback", "--host", "0.0.0.0", status=1)
