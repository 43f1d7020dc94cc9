"""No secret is shown by any keys command: not in its output, not in its argument line, not on the screen it asks on.

Real child processes, because an argument line is only there to be read while a program waits.
"""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.ground.home import Home
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.key import KeyFolder
from terminal import Terminal

KIOSK = (sys.executable, "-m", "kiosk")
PHRASE, WRONG = "brisk otter fable mint", "slow heron ledger salt"


def a_secret_file(path: Path, text: str) -> Path:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return path


def secrets_of(home: Home) -> set[bytes]:
    """Return every secret under a home in each spelling it might be shown in: of open key files, and passphrases."""
    found = {PHRASE.encode(), WRONG.encode(), b"AGE-SECRET-KEY", b"PRIVATE KEY"}
    for keys in (home.office.keys, home.hall.keys):
        for path in keys.glob("*"):
            content = path.read_bytes()
            if path.suffix == ".age" and content.startswith(b"AGE-SECRET-KEY"):
                found.add(content.strip())
            elif path.suffix == ".ed25519" and b"BEGIN PRIVATE KEY" in content:
                raw = KeyFolder(keys).signing(path.stem).private.private_bytes_raw()
                found |= {raw.hex().encode(), base64.b64encode(raw), content.splitlines()[1]}
            elif path.name == "store.key":
                found |= {content.hex().encode(), base64.b64encode(content)}
    return found


def leaks(shown: bytes, secrets: set[bytes]) -> list[bytes]:
    return [secret for secret in secrets if secret.lower() in shown.lower()]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Every keys command run once, well and wrongly: the home, what each said, and a control that a leak is found."""
    folder = tmp_path_factory.mktemp("secrecy")
    home = Home(folder / "home")
    phrase, wrong = a_secret_file(folder / "phrase", PHRASE), a_secret_file(folder / "wrong", WRONG)
    open_file = a_secret_file(folder / "readable", PHRASE)
    open_file.chmod(0o644)
    said: dict[str, bytes] = {}
    held: set[bytes] = set()

    def run(*words, status=0):
        line = [*KIOSK, *map(str, words), "--home", str(home.folder)]
        done = subprocess.run(line, capture_output=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
        said[f"{len(said)} {' '.join(map(str, words[:3]))}"] = (
            b" ".join(map(os.fsencode, line)) + done.stdout + done.stderr
        )
        held.update(secrets_of(home))
        assert done.returncode == status, done.stderr
        return done

    run("central", "init", "--passphrase-file", phrase)
    run("hall", "init")
    run("keys", "list")
    run("keys", "list", "--json")
    run("keys", "rotate", "receipt", "--passphrase-file", wrong, status=1)
    run("keys", "rotate", "receipt", "--passphrase-file", open_file, status=1)
    run("keys", "rotate", "receipt", status=1)
    run("keys", "rotate", "receipt", "--passphrase-file", phrase)
    run("keys", "rotate", "intake", "--json")
    run("keys", "certify", "release", "ab" * 31, "--passphrase-file", phrase, status=1)
    run("keys", "revoke", "some-serial", "--reason", "lost", "--passphrase-file", phrase)
    run("keys", "protect", "release", "--new-passphrase-file", wrong)
    run("keys", "protect", "release", "--remove", "--passphrase-file", phrase, status=1)
    run("keys", "make", "proctor", "--name", "lind", "--protect", "--new-passphrase-file", phrase, status=1)
    run("keys", "drill", "--passphrase-file", wrong, status=1)
    run("keys", "drill", "--passphrase-file", phrase, "--json")
    run("keys", "list")
    return home, said, held


def test_no_command_shows_a_secret(told):
    _, said, held = told
    assert len(said) >= 17
    assert len(held) >= 15
    assert {name: leaks(shown, held) for name, shown in said.items() if leaks(shown, held)} == {}


def test_a_leak_would_be_found(told):
    home, _, held = told
    shown = (home.office.keys / "intake.age").read_bytes()
    assert leaks(b"oops " + shown, held)
    assert leaks(repr(AgeIdentity(shown.decode()).reveal()).encode(), held)


def test_files_are_private_and_nothing_of_a_passphrase_is_kept(told):
    home, _, _ = told
    for path in home.folder.rglob("*"):
        if path.is_file():
            assert PHRASE.encode() not in path.read_bytes(), path
            if path.parent.name == "keys" and path.suffix in (".age", ".ed25519", ".key"):
                assert path.stat().st_mode & 0o777 == 0o600, path
        elif path.name == "keys":
            assert path.stat().st_mode & 0o777 == 0o700, path


def test_a_passphrase_is_typed_unseen_and_in_no_argument_line(told):
    home, _, held = told
    words = ("keys", "protect", "receipt", "--home", str(home.folder))
    with Terminal([*KIOSK, *words]) as terminal:
        terminal.wait("New passphrase")
        terminal.press(PHRASE, "enter")
        terminal.wait("same again")
        about = Path(f"/proc/{terminal.pid}")
        waiting = (about / "cmdline").read_bytes() + (about / "environ").read_bytes()
        terminal.press(PHRASE, "enter")
        terminal.wait("protected by a passphrase")
        assert terminal.wait_gone() == 0
        screen = terminal.text
    assert leaks(waiting, held) == leaks(screen.encode(), held) == []
    with Terminal([*KIOSK, "keys", "protect", "receipt", "--remove", "--home", str(home.folder)]) as terminal:
        terminal.wait("Passphrase of receipt.ed25519")
        terminal.press(WRONG, "enter")
        terminal.wait("does not open")
        assert terminal.wait_gone() == 1
        assert leaks(terminal.text.encode(), held) == []


def test_two_different_passphrases_change_nothing(told):
    home, _, _ = told
    before = (home.office.keys / "intake.age").read_bytes()
    with Terminal([*KIOSK, "keys", "protect", "intake", "--home", str(home.folder)]) as terminal:
        terminal.wait("New passphrase")
        terminal.press(PHRASE, "enter")
        terminal.wait("same again")
        terminal.press(WRONG, "enter")
        terminal.wait("not the same")
        assert terminal.wait_gone() == 1
    assert (home.office.keys / "intake.age").read_bytes() == before
