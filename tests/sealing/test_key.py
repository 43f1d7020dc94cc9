import pytest

from kiosk.exam.error import Invalid, KioskError, Refused, Tampered
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.key import KeyFolder, SigningKey, read_public


def test_keys_are_kept_for_their_owner_only(tmp_path):
    keys = KeyFolder(tmp_path / "keys")
    made, identity = keys.make_signing("release"), keys.make_identity("intake")
    assert keys.signing("release").public == made.public == keys.public("release")
    assert keys.identity("intake").recipient == identity.recipient == keys.recipient("intake")
    secret = [p for p in (tmp_path / "keys").iterdir() if p.suffix != ".pub"]
    assert {p.name for p in secret} == {"release.ed25519", "intake.age"}
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in secret)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_key_is_never_replaced(tmp_path):
    keys = KeyFolder(tmp_path)
    before = keys.make_signing("root").public
    with pytest.raises(Refused):
        keys.make_signing("root")
    (tmp_path / "root.ed25519").unlink()  # taken offline
    with pytest.raises(Refused):
        keys.make_signing("root")
    assert keys.public("root") == before


def test_an_open_key_file_is_refused(tmp_path):
    keys = KeyFolder(tmp_path)
    keys.make_signing("seat")
    (tmp_path / "seat.ed25519").chmod(0o640)
    with pytest.raises(KioskError, match="read by others"):
        keys.signing("seat")


def test_a_trusted_public_key_does_not_change_silently(tmp_path):
    keys = KeyFolder(tmp_path)
    first, second = SigningKey.generate().public, SigningKey.generate().public
    keys.keep_public("root", first)
    keys.keep_public("root", first)
    with pytest.raises(Refused):
        keys.keep_public("root", second)
    assert keys.public("root") == first


def test_a_missing_key_is_said(tmp_path):
    for ask in (KeyFolder(tmp_path).signing, KeyFolder(tmp_path).identity, KeyFolder(tmp_path).chain):
        with pytest.raises(KioskError, match="here"):
            ask("hall")


def test_no_secret_in_words_about_a_key():
    key, identity = SigningKey.generate(), AgeIdentity.generate()
    assert "SECRET" not in repr(identity)
    assert "PRIVATE" not in repr(key)
    with pytest.raises(Invalid) as caught:
        AgeIdentity(identity.reveal()[:-1])
    assert identity.reveal()[:20] not in str(caught.value)


@pytest.mark.parametrize("text", ["", "00", "AB" * 32, " " + "ab" * 31, "zz" * 32])
def test_a_public_key_has_one_spelling(text):
    with pytest.raises(Invalid):
        read_public(text)


def test_what_is_sealed_opens_for_each_recipient_and_nobody_else():
    one, two, other = (AgeIdentity.generate() for _ in range(3))
    sealed = seal_to([one.recipient, two.recipient], b"answers")
    assert one.open(sealed) == two.open(sealed) == b"answers"
    with pytest.raises(Tampered):
        other.open(sealed)
    with pytest.raises(Tampered):
        one.open(sealed[:-1])
    with pytest.raises(Invalid):
        seal_to([], b"answers")
    with pytest.raises(Invalid):
        seal_to(["age1nobody"], b"answers")
