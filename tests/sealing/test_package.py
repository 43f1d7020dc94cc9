import base64
import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from builders import NOON, a_key, a_paper, a_paper_with_files, a_test
from keyring import DAYS, HALL, a_keyring, a_roster, the_keyring
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.exam.moment import iso
from kiosk.exam.outline import Outline
from kiosk.exam.press import print_test
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.canary import KEY_MARK, search
from kiosk.sealing.certificate import certify
from kiosk.sealing.key import KeyRole
from kiosk.sealing.lock import code_identity, draw_code
from kiosk.sealing.package import Address, Issuer, read_package, write_package
from kiosk.sealing.part import PAD, open_attachments, open_paper, padded, unlock

KEYS = the_keyring()
ROOT = KEYS.root.public
PAPER = a_paper()
IDENTITY = AgeIdentity.generate()
CODE = code_identity(draw_code(), PAPER.test_id, HALL)
LOCK = CODE.recipient
ISSUER = Issuer(key=KEYS.release, chain=KEYS.release_chain, root=ROOT, recipients=KEYS.recipients)


def made(folder, number=1, **changes):
    fields = {"test_id": PAPER.test_id, "hall_chain": KEYS.hall_chain, "number": number, "previous": None, "lock": LOCK}
    address = Address(**fields | changes)
    return write_package(folder, address, [(PAPER, IDENTITY)], a_roster(PAPER), ISSUER, iso(NOON))


@pytest.fixture
def folder(tmp_path):
    made(tmp_path / "package")
    return tmp_path / "package"


def opened(package, hall=KEYS.hall_identity):
    """Open every part of a package, with hall and code together."""
    yield "manifest", package.envelope
    yield from package.blobs.items()
    yield "roster", canonical(package.roster(hall).model_dump(mode="json"))
    yield "canary", hall.open(package.blob("canary"))
    for digest in package.papers:
        secret = unlock(package.blob("locked_identity", digest), hall, CODE)
        yield "locked_identity", hall.open(package.blob("locked_identity", digest)) + secret.encode()
        yield "outline", package.outline(digest, hall).to_bytes()
        yield "paper", open_paper(package.blob("paper", digest), secret, digest).to_bytes()


def test_the_hall_reads_its_roster_and_with_the_code_the_paper(folder):
    package = read_package(folder, ROOT, hall=HALL)
    package.check_canary(KEYS.hall_identity)
    assert package.papers == (PAPER.digest,)
    assert package.recipient(PAPER.digest) == IDENTITY.recipient
    assert package.roster(KEYS.hall_identity) == a_roster(PAPER)
    assert package.outline(PAPER.digest, KEYS.hall_identity) == Outline.of(PAPER)
    secret = unlock(package.blob("locked_identity", PAPER.digest), KEYS.hall_identity, CODE)
    assert open_paper(package.blob("paper", PAPER.digest), secret, PAPER.digest) == PAPER
    assert len(list(opened(package))) == 1 + 5 + 2 + 3


def test_neither_the_hall_nor_the_code_alone_opens_the_paper(folder):
    package = read_package(folder, ROOT)
    locked, stranger = package.blob("locked_identity", PAPER.digest), AgeIdentity.generate()
    other = code_identity(draw_code(), PAPER.test_id, HALL)
    for hall, code in ((KEYS.hall_identity, other), (stranger, CODE), (CODE, KEYS.hall_identity)):
        with pytest.raises(Tampered):
            unlock(locked, hall, code)
    for alone in (KEYS.hall_identity, CODE, other):
        with pytest.raises(Tampered):
            alone.open(package.blob("paper", PAPER.digest))
    with pytest.raises(Invalid, match="not an age identity"):
        unlock(seal_to([KEYS.hall_identity.recipient], seal_to([LOCK], b"nothing")), KEYS.hall_identity, CODE)


def test_a_code_is_of_one_test_and_one_hall():
    code = draw_code()
    recipients = {code_identity(code, test, hall).recipient for test in ("a", "b") for hall in ("x", "y")}
    assert len(recipients) == 4
    assert code_identity(code.lower(), "a", "x").recipient in recipients


def test_sizes_tell_no_question(tmp_path):
    sizes = set()
    for number, extra in enumerate(("", "A long question. " * 500)):
        paper = a_paper(instructions=f"Read carefully. {extra}")
        address = Address(test_id=paper.test_id, hall_chain=KEYS.hall_chain, number=1, previous=None, lock=LOCK)
        package = write_package(
            tmp_path / str(number), address, [(paper, IDENTITY)], a_roster(paper), ISSUER, iso(NOON)
        )
        blob = package.blob("paper", paper.digest)
        sizes.add(len(IDENTITY.open(blob)))
        assert PAD < len(blob) < PAD + 1_000  # age adds a header of random length
    assert sizes == {PAD}
    assert [len(padded(b"x" * n)) for n in (1, PAD, PAD + 1)] == [PAD, PAD, 2 * PAD]


def test_a_canary_of_another_package_is_found(tmp_path, folder):
    other = made(tmp_path / "other", 2)
    mixed = replace(read_package(folder, ROOT), blobs={**other.blobs, **read_package(folder, ROOT).blobs})
    manifest = mixed.manifest.model_copy(update={"number": 2})
    with pytest.raises(Tampered, match="another package"):
        replace(mixed, manifest=manifest).check_canary(KEYS.hall_identity)


def test_nobody_else_reads_anything(folder):
    package = read_package(folder, ROOT)
    for stranger in (KEYS.intake, AgeIdentity.generate()):
        with pytest.raises(Tampered):
            package.roster(stranger)
        with pytest.raises(Tampered):
            package.outline(PAPER.digest, stranger)
        with pytest.raises(Tampered):
            package.check_canary(stranger)
    with pytest.raises(Tampered):
        open_paper(package.blob("paper", PAPER.digest), KEYS.hall_identity.reveal(), PAPER.digest)


def test_file_names_and_manifest_tell_no_question(folder):
    words = [w.encode() for q in PAPER.questions.values() for w in (q.text, *(o.text for o in q.options))]
    for path in folder.rglob("*"):
        if path.is_file():
            assert not any(w in path.read_bytes() for w in words)


def test_an_older_package_is_refused(tmp_path):
    old, new = made(tmp_path / "1", 1), made(tmp_path / "2", 2)
    newest = (new.manifest.number, new.package_id)
    assert read_package(tmp_path / "2", ROOT, newest=newest) == new
    with pytest.raises(Refused, match="package 2 is loaded already"):
        read_package(tmp_path / "1", ROOT, newest=newest)
    again = made(tmp_path / "again", 2)
    assert again.package_id != new.package_id
    with pytest.raises(Tampered, match="another package 2"):
        read_package(tmp_path / "again", ROOT, newest=newest)
    assert read_package(tmp_path / "2", ROOT, newest=(1, old.package_id)) == new


def test_another_halls_package_is_refused(folder):
    with pytest.raises(Denied, match=HALL):
        read_package(folder, ROOT, hall="Hall 3")


def test_a_package_of_another_office_is_refused(folder):
    with pytest.raises(Tampered):
        read_package(folder, a_keyring().root.public)


def test_a_package_is_signed_by_the_release_key_only(tmp_path):
    forger = Issuer(key=KEYS.hall, chain=KEYS.hall_chain, root=ROOT, recipients=KEYS.recipients)
    address = Address(test_id="t", hall_chain=KEYS.hall_chain, number=1, previous=None, lock=LOCK)
    with pytest.raises(Denied, match="not a release key"):
        write_package(tmp_path / "p", address, [(PAPER, IDENTITY)], a_roster(PAPER), forger, iso(NOON))


def test_every_changed_byte_of_the_manifest_is_refused(folder):
    manifest = folder / "manifest.dsse"
    good = manifest.read_bytes()
    for place in range(0, len(good), 3):
        manifest.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(KioskError):
            read_package(folder, ROOT)
        manifest.write_bytes(good[:place])
        with pytest.raises(KioskError):
            read_package(folder, ROOT)


def test_what_is_wrong_with_a_blob_is_said(folder):
    blob = sorted((folder / "blobs").iterdir())[0]
    good = blob.read_bytes()
    cases = [
        (lambda: blob.write_bytes(good[:-1] + bytes([good[-1] ^ 1])), "was changed"),
        (lambda: blob.write_bytes(good[:-1]), "instead of"),
        (lambda: blob.unlink(), "is missing"),
        (lambda: (blob.parent / "extra").write_bytes(b"x"), "not in the list"),
        (lambda: (blob.unlink(), blob.symlink_to("/etc/hostname")), "cannot be read"),
        (lambda: shutil.rmtree(blob.parent), "is missing"),
    ]
    for spoil, words in cases:
        spoil()
        with pytest.raises(KioskError, match=words):
            read_package(folder, ROOT)
        shutil.rmtree(blob.parent, ignore_errors=True)
        shutil.rmtree(folder)
        made(folder)
        blob = sorted((folder / "blobs").iterdir())[0]
        good = blob.read_bytes()


def test_a_package_is_not_written_over_another(folder):
    with pytest.raises(Refused, match="not empty"):
        made(folder)


def test_a_hall_without_an_age_key_gets_nothing(tmp_path):
    bare = certify(KeyRole.HALL, KEYS.hall.public, KEYS.release, KEYS.release_chain, hall=HALL, **DAYS)
    with pytest.raises(Invalid, match="age recipient"):
        made(tmp_path / "p", hall_chain=bare)


def test_a_roster_of_another_hall_is_not_packed(tmp_path):
    address = Address(test_id="t", hall_chain=KEYS.hall_chain, number=1, previous=None, lock=LOCK)
    roster = a_roster(PAPER).model_copy(update={"hall": "Hall 3"})
    with pytest.raises(Invalid, match="Hall 3"):
        write_package(tmp_path / "p", address, [(PAPER, IDENTITY)], roster, ISSUER, iso(NOON))


def test_a_lapsed_release_certificate_is_flagged(tmp_path):
    keys = a_keyring(not_before=NOON - timedelta(days=9), not_after=NOON - timedelta(days=1))
    issuer = Issuer(key=keys.release, chain=keys.release_chain, root=keys.root.public, recipients=keys.recipients)
    address = Address(test_id="t", hall_chain=keys.hall_chain, number=1, previous=None, lock=LOCK)
    package = write_package(tmp_path / "p", address, [(PAPER, IDENTITY)], a_roster(PAPER), issuer, iso(NOON))
    assert any("ended at" in flag for flag in package.flags)


def test_changing_only_keys_changes_no_byte_of_the_paper():
    test = a_test()

    def rekeyed(question):
        turned = tuple(replace(o, is_correct=not o.is_correct, feedback="new") for o in question.options)
        if question.type == "MCQ":
            turned = tuple(replace(o, is_correct=n == 3, feedback="new") for n, o in enumerate(question.options))
        return replace(question, options=turned, rubric="new", feedback="new")

    sections = tuple(replace(s, questions=tuple(rekeyed(q) for q in s.questions)) for s in test.sections)
    paper, key = print_test(replace(test, sections=sections, pass_score=Decimal(1)))
    before_paper, before_key = print_test(test)
    assert paper.to_bytes() == before_paper.to_bytes()
    assert key.to_bytes() != before_key.to_bytes()


def test_a_paper_under_another_digest_is_refused(folder):
    package = read_package(folder, ROOT)
    with pytest.raises(Tampered, match="digest"):
        open_paper(package.blob("paper", PAPER.digest), IDENTITY.reveal(), "0" * 64)


def test_a_key_planted_in_a_paper_is_found_there_and_in_no_other_package(folder, tmp_path):
    hidden = base64.b64encode(a_key().to_bytes()).decode()
    paper = a_paper(instructions=hidden)
    address = Address(test_id=paper.test_id, hall_chain=KEYS.hall_chain, number=1, previous=None, lock=LOCK)
    spoilt = write_package(tmp_path / "spoilt", address, [(paper, IDENTITY)], a_roster(paper), ISSUER, iso(NOON))
    found = {s.place.split()[0] for place, data in opened(spoilt) for s in search(data, [KEY_MARK], place)}
    assert found == {"paper", "outline"}
    clean = read_package(folder, ROOT)
    assert [s for place, data in opened(clean) for s in search(data, [KEY_MARK], place)] == []


def a_package_with_files(folder, *files, attached=None):
    paper, texts = a_paper_with_files(*files)
    address = Address(test_id=paper.test_id, hall_chain=KEYS.hall_chain, number=1, previous=None, lock=LOCK)
    texts = texts if attached is None else attached
    return paper, write_package(folder, address, [(paper, IDENTITY)], a_roster(paper), ISSUER, iso(NOON), texts)


def test_attachments_open_with_the_paper_s_identity_alone_and_their_size_tells_nothing(tmp_path):
    paper, small = a_package_with_files(tmp_path / "a", ("a.txt", "A"))
    _, large = a_package_with_files(tmp_path / "b", ("a.txt", "A" * 60_000), ("b.txt", "B"))
    blob = small.attachments(paper.digest)
    assert open_attachments(blob, IDENTITY.reveal(), paper) == {paper.files[0].sha256: "A"}
    assert len(blob) // PAD == len(large.attachments(*large.papers)) // PAD == 1
    for other in (KEYS.hall_identity, AgeIdentity.generate()):
        with pytest.raises(Tampered):
            other.open(blob)
    assert [b.role for b in small.manifest.blobs].count("attachments") == 1
    assert paper.files[0].sha256.encode() not in small.envelope


def test_a_paper_without_files_brings_no_attachments(tmp_path):
    _, package = a_package_with_files(tmp_path / "p")
    assert package.attachments(*package.papers) is None
    assert {b.role for b in package.manifest.blobs} == {"paper", "locked_identity", "outline", "roster", "canary"}


def test_a_changed_byte_of_the_attachments_is_found_at_the_load(tmp_path):
    paper, package = a_package_with_files(tmp_path / "p", ("a.txt", "A"))
    (blob,) = (b for b in package.manifest.blobs if b.role == "attachments")
    assert blob.paper == paper.digest
    path = tmp_path / "p" / "blobs" / blob.sha256
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(Tampered, match=r"attachments.*was changed"):
        read_package(tmp_path / "p", KEYS.root.public)


@pytest.mark.parametrize("attached", [{}, {"0" * 64: "A"}])
def test_nothing_is_written_without_the_very_texts_the_paper_names(tmp_path, attached):
    with pytest.raises(Tampered):
        a_package_with_files(tmp_path / "p", ("a.txt", "A"), attached=attached)
    assert not (tmp_path / "p").exists()


def test_what_opens_and_is_not_what_the_paper_names_is_refused():
    paper, texts = a_paper_with_files(("a.txt", "A"))
    other, _ = a_paper_with_files(("a.txt", "B"))
    (digest,) = texts
    blobs = (
        None,
        sealed_texts({}),
        sealed_texts({digest: "B"}),
        sealed_texts({**texts, "0" * 64: "C"}),
        sealed_texts({digest: 5}),
        sealed_texts([]),
        sealed_texts(texts, form="exam-kiosk attachments 2"),
        seal_to([IDENTITY.recipient], paper.to_bytes()),
        seal_to([IDENTITY.recipient], b"not a document"),
    )
    for blob in blobs:
        with pytest.raises((Tampered, Invalid)):
            open_attachments(blob, IDENTITY.reveal(), paper)
    with pytest.raises(Tampered):
        open_attachments(sealed_texts(texts), IDENTITY.reveal(), other)
    assert open_attachments(sealed_texts(texts), IDENTITY.reveal(), paper) == texts


def sealed_texts(texts, form="exam-kiosk attachments 1"):
    return seal_to([IDENTITY.recipient], padded(canonical({"format": form, "texts": texts})))
