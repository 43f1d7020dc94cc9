"""What leaves the office: the paper and the roster, and nothing that says what is right."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

import sweep
from builders import a_key, a_question, a_section, a_test
from campus import SEAT, Campus, a_campus
from kiosk.central.despatch import HallKeys, naming_files
from kiosk.exam.canonical import canonical
from kiosk.exam.draft import Test
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.press import print_test
from kiosk.exam.roles import Actor, Role
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store
from kiosk.office import draft, publication
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.canary import KEY_MARK, search
from kiosk.sealing.frame import join
from kiosk.sealing.part import open_paper
from kiosk.sealing.release import read_release
from kiosk.seat.place import open_outbox, seat_store
from storage.central.package import PackageStore


def with_canaries(test: Test) -> tuple[Test, list[str]]:
    """Plant a word of its own in every field of a draft that must never leave the office."""
    words: list[str] = []

    def planted() -> str:
        words.append(f"canary-{len(words):04}-must-not-leave")
        return words[-1]

    def question(q):
        options = tuple(replace(o, feedback=planted(), weight=Decimal("0.5")) for o in q.options)
        return replace(q, options=options, rubric=planted(), feedback=planted(), tags=(planted(),))

    sections = tuple(replace(s, questions=tuple(question(q) for q in s.questions)) for s in test.sections)
    return replace(test, sections=sections, tags=(planted(),)), words


def everything_outside(campus: Campus) -> Iterator[tuple[str, bytes]]:
    """Every byte outside the office: package opened, hall and seat files and stores, the bundle opened."""
    home, package = campus.home, campus.read()
    keys = hall_keys(home.hall)
    yield from sweep.files(campus.packages[0])
    yield "roster", canonical(package.roster(keys.identity).model_dump(mode="json"))
    for digest in package.papers:
        yield "outline", package.outline(digest, keys.identity).to_bytes()
        secret = read_release(campus.release(), keys.root).identities(keys.identity)[digest]
        yield "paper", open_paper(package.blob("paper", digest), secret, digest).to_bytes()
    for place in (home.hall, home.seat(SEAT)):
        yield from sweep.files(place.folder)
        yield from sweep.store(place.store, place.store_key())
    store = seat_store(home.seat(SEAT))
    for sealed in open_outbox(home.seat(SEAT), store, campus.clock).seal_all():
        bundle = verify(join(sealed.envelope, sealed.body), campus.central.keys.root)
        contents = open_body(bundle.manifest, bundle.body, campus.central.keys.intake())
        yield "bundle", canonical([e.document() for e in contents.entries])
        yield "evidence", b"".join(e.content for e in contents.evidence)
    store.close()


def sightings(campus: Campus, needles: list[str]) -> list:
    return [s for place, data in everything_outside(campus) for s in search(data, needles, place)]


def test_no_word_of_any_key_leaves_the_office(tmp_path):
    test, words = with_canaries(a_test())
    assert len(words) > 35
    campus = a_campus(tmp_path, test)
    campus.send()
    campus.sit()
    assert sightings(campus, [*words, KEY_MARK]) == []
    in_office = [
        s for _, d in sweep.store(campus.home.office.store, campus.home.office.store_key()) for s in search(d, words)
    ]
    assert {s.needle for s in in_office} == set(words)
    campus.central.close()


def test_a_word_planted_in_the_paper_is_found_everywhere_it_went(tmp_path):
    test = a_test()
    section = test.sections[0]
    spoilt = replace(section.questions[0], question_text="What is canary-in-the-paper?")
    test = replace(test, sections=(replace(section, questions=(spoilt, *section.questions[1:])), *test.sections[1:]))
    campus = a_campus(tmp_path, test)
    campus.send()
    campus.sit()
    places = {s.place.split()[0] for s in sightings(campus, ["canary-in-the-paper"])}
    assert {"paper", "seat.db"} <= places
    campus.central.close()


@pytest.mark.parametrize("spelling", ["plain", "base64", "utf-16 in base64"])
def test_a_key_planted_in_a_paper_stops_the_package(tmp_path, spelling):
    raw = a_key().to_bytes()
    text = {
        "plain": raw.decode(),
        "base64": base64.b64encode(raw).decode(),
        "utf-16 in base64": base64.b64encode(raw.decode().encode("utf-16-le")).decode(),
    }[spelling]
    test = a_test()
    section = test.sections[0]
    spoilt = replace(section.questions[0], question_text=text)
    test = replace(test, sections=(replace(section, questions=(spoilt, *section.questions[1:])), *test.sections[1:]))
    campus = a_campus(tmp_path, test)
    with pytest.raises(Refused, match="Key was found in the paper"):
        campus.send()
    assert not (tmp_path / "package-1").exists()
    assert PackageStore(campus.central.office.engine).packages() == ()
    campus.central.close()


def test_packages_count_up_and_an_older_one_is_not_loaded(tmp_path):
    campus = a_campus(tmp_path)
    first, second = campus.send(), campus.send()
    assert (first.manifest.number, second.manifest.number) == (1, 2)
    assert second.manifest.previous == first.package_id
    assert first.manifest.hall_certificates == second.manifest.hall_certificates
    assert campus.read(1).blob("paper", campus.paper.digest) != campus.read(2).blob("paper", campus.paper.digest)
    store = hall_store(campus.home.hall)
    with pytest.raises(Refused, match="package 2 is loaded already"):
        load_package(store, hall_keys(campus.home.hall), campus.packages[0], campus.central.office.now())
    store.close()
    acts = campus.central.office.logs.audit("packages")
    assert [(e.action, e.details["number"]) for e in acts] == [("test.export_package", 1), ("test.export_package", 2)]
    campus.central.close()


def test_a_paper_has_one_identity_of_its_own(tmp_path):
    campus = a_campus(tmp_path)
    campus.send(), campus.send()
    keys, digest = hall_keys(campus.home.hall), campus.paper.digest
    secret = read_release(campus.release(), keys.root).identities(keys.identity)[digest]
    for number in (1, 2):
        package = campus.read(number)
        assert package.recipient(digest) == AgeIdentity(secret).recipient
        assert open_paper(package.blob("paper", digest), secret, digest) == campus.paper
    campus.central.close()


def test_only_who_may_sends_a_package(tmp_path):
    campus = a_campus(tmp_path)
    nobody = Actor(campus.proctor.person.user_id, Role.PROCTOR)
    with pytest.raises(Denied):
        campus.central.despatch.send(
            nobody, campus.paper.test_id, HallKeys("Hall 2", "0" * 64, "age1"), campus.roster, tmp_path / "p"
        )
    assert not (tmp_path / "p").exists()
    campus.central.close()


def test_a_hall_whose_keys_change_is_certified_anew(tmp_path):
    campus = a_campus(tmp_path)
    first = campus.send().manifest.hall_certificates
    for path in campus.home.hall.keys.glob("hall.*"):
        path.unlink()
    assert campus.send().manifest.hall_certificates != first
    campus.central.close()


def test_a_draft_is_not_sent(tmp_path):
    campus = a_campus(tmp_path)
    office = campus.central.office
    kept = draft.keep(office, office.acting("test.create"), a_test(test_id="other", sections=(a_section("other"),)))
    campus.paper = replace(campus.paper, test_id=kept.test_id)
    with pytest.raises(KioskError, match="draft"):
        campus.send()
    campus.central.close()


@pytest.mark.parametrize("spelling", ["plain", "base64"])
def test_a_key_planted_in_an_attachment_stops_the_package(tmp_path, spelling):
    raw = a_key().to_bytes()
    (tmp_path / "notes.txt").write_bytes(raw if spelling == "plain" else base64.b64encode(raw))
    campus = a_campus(tmp_path)
    office = campus.central.office
    section = a_section("other", questions=(a_question("other-q", section_id="other", attachments=("notes.txt",)),))
    author = office.acting("test.approve_publish")
    kept = draft.keep(office, author, a_test(test_id="other-test", sections=(section,)))
    publication.publish(office, author, kept.test_id, tmp_path)
    campus.paper = replace(campus.paper, test_id=kept.test_id)
    with pytest.raises(Refused, match=r"Key was found in the attachment notes\.txt"):
        campus.send()
    assert not (tmp_path / "package-1").exists()
    assert PackageStore(office.engine).packages() == ()
    campus.central.close()


def test_an_attachment_that_names_a_file_is_said_not_to_travel():
    questions = (
        a_question("web", attachments=("https://example.org/map",)),
        a_question("file", attachments=("map.png", "https://example.org/map")),
        a_question("none"),
    )
    paper, _ = print_test(a_test(sections=(a_section("cells", questions=questions),)))
    assert naming_files(paper) == ("file",)
