"""Keys at rest: protected by a passphrase, opened only by it, and never said."""

import os
import subprocess
from pathlib import Path

import pytest
from pyrage import passphrase as by_passphrase

from kiosk.exam.error import Denied, Invalid, KioskError, Refused
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.key import KeyFolder, SigningKey
from kiosk.sealing.passphrase import PassphraseFile

PHRASE = "brisk otter fable mint"
OTHER = "slow heron ledger salt"


def knows(phrase):
    asked = []

    def source(path):
        asked.append(path.name)
        return phrase

    return source, asked


@pytest.fixture(scope="module")
def protected(tmp_path_factory):
    """A folder with both kinds of key protected: made once, as each age file takes a second of work."""
    folder = tmp_path_factory.mktemp("keys")
    keys = KeyFolder(folder)
    return folder, keys.make_signing("root", PHRASE), keys.make_identity("escrow", PHRASE)


def test_a_protected_key_opens_with_its_passphrase_and_is_asked_for_once(protected):
    folder, root, escrow = protected
    source, asked = knows(PHRASE)
    keys = KeyFolder(folder, source)
    assert (keys.public("root"), keys.recipient("escrow"), asked) == (root.public, escrow.recipient, [])
    for _ in range(2):
        assert keys.signing("root").public == root.public
        assert keys.identity("escrow").reveal() == escrow.reveal()
    assert asked == ["root.ed25519", "escrow.age"]
    assert keys.is_protected("root.ed25519")
    assert keys.is_protected("escrow.age")


def test_nothing_on_the_disk_tells_a_protected_key(protected):
    folder, root, escrow = protected
    secret = root.private.private_bytes_raw()
    for path in folder.iterdir():
        content = path.read_bytes()
        assert escrow.reveal().encode() not in content
        assert secret not in content
        assert b"BEGIN PRIVATE KEY" not in content
        assert path.suffix == ".pub" or path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("open_key", [lambda k: k.signing("root"), lambda k: k.identity("escrow")])
def test_a_wrong_passphrase_is_said_and_leaks_nothing(protected, open_key):
    source, _ = knows(OTHER)
    with pytest.raises(Denied, match="does not open") as caught:
        open_key(KeyFolder(protected[0], source))
    said = f"{caught.value!r} {caught.value.__cause__!r}"
    assert OTHER not in said
    assert PHRASE not in said


@pytest.mark.parametrize("open_key", [lambda k: k.signing("root"), lambda k: k.identity("escrow")])
def test_without_anybody_to_ask_it_stays_shut(protected, open_key):
    with pytest.raises(Refused, match="passphrase-file"):
        open_key(KeyFolder(protected[0]))


def test_others_read_the_same_files(protected):
    folder, root, escrow = protected
    again = subprocess.run(
        ["openssl", "pkey", "-in", folder / "root.ed25519", "-passin", "stdin", "-outform", "DER"],
        input=f"{PHRASE}\n".encode(),
        capture_output=True,
        check=True,
    )
    assert again.stdout.endswith(root.private.private_bytes_raw())
    assert by_passphrase.decrypt((folder / "escrow.age").read_bytes(), PHRASE).decode().strip() == escrow.reveal()


@pytest.mark.parametrize("file", ["seat.ed25519", "seat.age"])
def test_a_key_is_protected_freed_and_protected_anew(tmp_path, file):
    KeyFolder(tmp_path).make_signing("seat"), KeyFolder(tmp_path).make_identity("seat")
    public = KeyFolder(tmp_path).public("seat"), KeyFolder(tmp_path).recipient("seat")
    KeyFolder(tmp_path).protect(file, PHRASE)
    with pytest.raises(Denied):
        KeyFolder(tmp_path, knows(OTHER)[0]).protect(file, None)
    assert KeyFolder(tmp_path).is_protected(file)
    KeyFolder(tmp_path, knows(PHRASE)[0]).protect(file, None)
    keys = KeyFolder(tmp_path)
    assert (keys.signing("seat").public, keys.identity("seat").recipient) == public
    assert (tmp_path / file).stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "seat.age",
        "seat.age.pub",
        "seat.ed25519",
        "seat.ed25519.pub",
    ]


@pytest.mark.parametrize("phrase", ["", "short", "x" * 11])
def test_a_short_passphrase_is_refused_before_anything_is_written(tmp_path, phrase):
    for make in (KeyFolder(tmp_path).make_signing, KeyFolder(tmp_path).make_identity):
        with pytest.raises(Invalid, match="at least 12"):
            make("root", phrase)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_protected_file_is_an_error_in_words(protected, tmp_path):
    for name in ("root.ed25519", "escrow.age"):
        content = (protected[0] / name).read_bytes()
        (tmp_path / name).write_bytes(content[:-40])
        (tmp_path / name).chmod(0o600)
    keys = KeyFolder(tmp_path, knows(PHRASE)[0])
    for open_key in (lambda: keys.signing("root"), lambda: keys.identity("escrow")):
        with pytest.raises(KioskError):
            open_key()


def test_a_passphrase_file_is_private_and_holds_one_line(tmp_path):
    path = tmp_path / "phrase"
    path.write_text(f"{PHRASE}\nsecond line\n")
    path.chmod(0o644)
    with pytest.raises(KioskError, match="read by others"):
        PassphraseFile(path)(path)
    path.chmod(0o600)
    source = PassphraseFile(path)
    assert source(path) == PHRASE
    assert PHRASE not in repr(source)
    path.write_text("\n")
    with pytest.raises(Invalid, match="no passphrase"):
        PassphraseFile(path)(path)


def test_a_passphrase_comes_through_a_descriptor_and_serves_every_file(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, f"{PHRASE}\n".encode())
    os.close(writing)
    source = PassphraseFile(Path(f"/dev/fd/{reading}"))
    try:
        assert [source(tmp_path / "a"), source(tmp_path / "b")] == [PHRASE, PHRASE]
    finally:
        os.close(reading)


def test_no_secret_in_what_is_shown_of_keys(protected):
    folder, root, escrow = protected
    keys = KeyFolder(folder, knows(PHRASE)[0])
    keys.signing("root")
    shown = " ".join(
        repr(x) for x in (keys, root, escrow, SigningKey.generate(), AgeIdentity(escrow.reveal(), [escrow]))
    )
    for secret in (PHRASE, escrow.reveal(), root.private.private_bytes_raw().hex(), "AGE-SECRET", "PRIVATE"):
        assert secret not in shown
