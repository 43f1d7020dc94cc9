"""No word of a key leaves the office, and nothing outside opens a paper before its release. Found by looking."""

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sweep
from builders import a_question, a_test
from campus import HALL, SEAT, Campus, a_campus
from kiosk.central.despatch import EXPORT
from kiosk.exam.canonical import canonical
from kiosk.exam.draft import Option, Question, QuestionType, Section, Test
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.outline import Outline
from kiosk.exam.press import print_test
from kiosk.hall.place import hall_keys, open_hall
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.canary import KEY_MARK, search
from kiosk.sealing.frame import join
from kiosk.sealing.lock import code_identity
from kiosk.sealing.part import open_paper, padded, unlock
from kiosk.sealing.release import read_release
from kiosk.seat.place import open_outbox, seat_store

PRINTED = {
    Option: {"option_id", "option_text", "option_order"},
    Question: {
        "question_id", "type", "question_text", "order", "points", "is_active", "section_id", "hints", "attachments",
        "options", "shuffle", "min_choices", "max_choices", "min_words", "max_words", "language", "starter", "examples",
    },
    Section: {"section_id", "title", "section_order", "instructions", "duration", "is_mandatory", "questions"},
    Test: {
        "test_id", "title", "duration", "is_active", "access_type", "description", "max_attempts",
        "randomized_questions", "randomized_options", "test_version", "instructions", "sections", "settings",
    },
}  # fmt: skip
"""What a candidate may see, or see the effect of."""
PLANTED = {Option: {"feedback"}, Question: {"tags", "rubric", "feedback"}, Section: set(), Test: {"tags"}}
"""What stays in the office and can hold a word."""
BARE = {
    Option: {"is_correct", "weight"},
    Question: {"created_at", "question_bank_id", "version", "replaces_id"},
    Section: set(),
    Test: {"created_at", "created_by", "pass_score"},
}
"""What stays in the office and can hold none; that it changes nothing outside is the other half of the proof."""
SECRET = re.compile(rb"AGE-SECRET-KEY-1[0-9A-Z]{58}")
FEWEST_WORDS, FEWEST_LAYERS = 70, 300


class Planter:
    """Makes canaries of 128 bits, and remembers them."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.dice = random.Random("canaries")

    def word(self) -> str:
        self.words.append(f"{self.dice.getrandbits(128):032x}")
        return self.words[-1]

    def question(self, question: Question) -> Question:
        options = tuple(replace(o, feedback=self.word()) for o in question.options)
        return replace(question, options=options, rubric=self.word(), feedback=self.word(), tags=(self.word(),))

    def hidden(self, section: Section) -> Question:
        """Return a question that is switched off, and so is not printed: all of it stays in the office."""
        off = a_question(f"{section.section_id}-off", section_id=section.section_id, order=99, is_active=False)
        options = tuple(replace(o, option_text=self.word()) for o in off.options)
        return self.question(
            replace(off, question_text=self.word(), hints=(self.word(),), attachments=(self.word(),), options=options)
        )

    def test(self, test: Test) -> Test:
        sections = tuple(
            replace(s, questions=(*(self.question(q) for q in s.questions), self.hidden(s))) for s in test.sections
        )
        return replace(test, sections=sections, tags=(self.word(),))


def parts(campus: Campus) -> Iterator[tuple[str, bytes]]:
    """Every package as it lies and with every blob opened; the slip of the envelope; the token, sealed and opened."""
    keys, paper, releases = hall_keys(campus.home.hall), campus.paper, campus.central.releases
    slip = releases.slip(campus.central.office.acting(EXPORT), paper.test_id, HALL)
    lock = code_identity(slip.code, paper.test_id, HALL)
    for number, folder in enumerate(campus.packages, 1):
        yield from sweep.files(folder)
        package = campus.read(number)
        yield "manifest", package.manifest.model_dump_json().encode()
        yield "roster", canonical(package.roster(keys.identity).model_dump(mode="json"))
        yield "canary", keys.identity.open(package.blob("canary"))
        for digest in package.papers:
            locked = package.blob("locked_identity", digest)
            secret = unlock(locked, keys.identity, lock)
            yield "locked_identity", keys.identity.open(locked) + secret.encode()
            yield "outline", package.outline(digest, keys.identity).to_bytes()
            yield "paper", AgeIdentity(secret).open(package.blob("paper", digest))
    yield "slip", repr(slip).encode() + slip.code.encode()
    token = campus.release()
    yield "token", token
    release = read_release(token, keys.root)
    yield "token opened", repr((release, release.identities(keys.identity))).encode()


def places(campus: Campus, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of hall and seat (stores, what they write ahead, keys, logs), and every value of their stores."""
    for name, place in (("hall", campus.home.hall), ("seat", campus.home.seat(SEAT))):
        if not place.folder.exists():
            continue
        yield from sweep.files(place.folder)
        copied = scratch / name
        shutil.copytree(place.folder, copied)  # a store that is open is read from a copy, with its write-ahead file
        yield from sweep.store(copied / place.store.name, place.store_key())
        shutil.rmtree(copied)


def bundles(campus: Campus) -> Iterator[tuple[str, bytes]]:
    """Every bundle, opened."""
    store = seat_store(campus.home.seat(SEAT))
    for sealed in open_outbox(campus.home.seat(SEAT), store, campus.clock).seal_all():
        bundle = verify(join(sealed.envelope, sealed.body), campus.central.keys.root)
        contents = open_body(bundle.manifest, bundle.body, campus.central.keys.intake())
        yield "bundle", canonical([e.document() for e in contents.entries])
        yield "evidence", b"".join(e.content for e in contents.evidence)
    store.close()


class Watch:
    """Searches everything it is shown, and counts."""

    def __init__(self, needles: list[str]) -> None:
        self.needles = [*needles, KEY_MARK]
        self.layers = 0
        self.found: list[Any] = []

    def look(self, layers: Iterator[tuple[str, bytes]]) -> None:
        for place, data in layers:
            self.layers += 1
            self.found += search(data, self.needles, place)


def sit_watched(campus: Campus, watch: Watch, scratch: Path) -> None:
    """Hold the exam from package to bundle, and look at every place before, while and after."""
    campus.send()
    watch.look(places(campus, scratch))
    hall = campus.open_hall()
    desk = campus.desk()
    desk.sign_in(campus.candidate.person.roll_number or "", campus.candidate.secret)
    sheet = desk.begin(desk.tests()[0].assignment_id)
    for question in (q for s in sheet.sections for q in s.questions):
        campus.clock.advance(1_000)
        desk.visit(question.question_id)
        if question.options:
            desk.choose(question.question_id, [question.options[0].option_id])
        else:
            desk.type(question.question_id, "An answer")
    desk._writer.drain()
    watch.look(places(campus, scratch))
    desk.capture("┌ the screen ┐")
    desk.hand_in()
    desk.close()
    hall.close()
    watch.look(places(campus, scratch))
    campus.send()
    watch.look(parts(campus))
    watch.look(bundles(campus))


@pytest.mark.parametrize("kind", [Option, Question, Section, Test])
def test_every_field_of_a_draft_is_printed_planted_or_bare(kind):
    named = [PRINTED[kind], PLANTED[kind], BARE[kind]]
    assert sum(len(n) for n in named) == len(set().union(*named))
    assert {f.name for f in fields(kind)} == set().union(*named)


def test_no_canary_of_any_key_leaves_the_office(tmp_path):
    planter = Planter()
    campus = a_campus(tmp_path, planter.test(a_test()))
    watch = Watch(planter.words)
    sit_watched(campus, watch, tmp_path / "scratch")
    assert watch.found == []
    office = campus.home.office
    inside = {s.needle for _, d in sweep.store(office.store, office.store_key()) for s in search(d, planter.words)}
    campus.central.close()
    print(f"{len(planter.words)} canaries, {watch.layers} layers searched, 0 found; {len(inside)} found in the office")
    assert inside == set(planter.words)
    assert len(planter.words) >= FEWEST_WORDS
    assert watch.layers >= FEWEST_LAYERS


def test_a_canary_in_the_paper_itself_is_found(tmp_path):
    word, test = Planter().word(), a_test()
    section = test.sections[0]
    spoilt = replace(section.questions[0], question_text=f"What is {word}?")
    test = replace(test, sections=(replace(section, questions=(spoilt, *section.questions[1:])), *test.sections[1:]))
    campus = a_campus(tmp_path, test)
    watch = Watch([word])
    sit_watched(campus, watch, tmp_path / "scratch")
    campus.central.close()
    found = {s.place.split()[0] for s in watch.found}
    assert {"paper", "seat.db"} <= found
    assert not {"outline", "roster", "token", "slip", "manifest"} & found


@st.composite
def rekeyed(draw: st.DrawFn) -> Test:
    """Draw a test that differs from `a_test` in nothing but what is right, and what is said of it."""
    texts = st.one_of(st.none(), st.text(max_size=20))

    def question(q: Question) -> Question:
        ids = [o.option_id for o in q.options]
        fewest, most = (1, len(ids)) if q.type is QuestionType.MSQ else (1, 1)
        right = draw(st.sets(st.sampled_from(ids), min_size=fewest, max_size=most)) if ids else set()
        options = tuple(
            replace(o, is_correct=o.option_id in right, feedback=draw(texts), weight=draw(st.sampled_from(WEIGHTS)))
            for o in q.options
        )
        return replace(q, options=options, rubric=draw(texts), feedback=draw(texts), tags=(draw(st.text(max_size=9)),))

    test = a_test()
    sections = tuple(replace(s, questions=tuple(question(q) for q in s.questions)) for s in test.sections)
    settings = {"wrongAnswerPenalty": draw(st.sampled_from(("0", "0.25", "0.5")))}
    return replace(test, sections=sections, pass_score=Decimal(draw(st.integers(1, 20))), settings=settings)


WEIGHTS = (Decimal(-1), Decimal(0), Decimal("0.5"), Decimal(1))
PLAIN = print_test(replace(a_test(), settings={"wrongAnswerPenalty": "0"}))


@given(rekeyed())
def test_changing_only_keys_changes_no_byte_of_what_leaves(test):
    paper, key = print_test(test)
    before, key_before = PLAIN
    assert padded(paper.to_bytes()) == padded(before.to_bytes())
    assert Outline.of(paper).to_bytes() == Outline.of(before).to_bytes()
    assert key.digest != key_before.digest or test == a_test()


def identities(layers: Iterator[tuple[str, bytes]]) -> set[str]:
    """Return every age identity that lies in some bytes, in whatever case."""
    return {m.decode() for _, data in layers for m in SECRET.findall(data.upper())}


def opened_by(secrets: set[str], blobs: dict[str, bytes]) -> dict[str, list[bytes]]:
    """Try every identity on every blob, and again on whatever came out, until nothing more opens."""
    keys = [AgeIdentity(s) for s in sorted(secrets)]
    opened: dict[str, list[bytes]] = {}
    for name, blob in blobs.items():
        layers = [blob]
        while layers:
            sealed = layers.pop()
            for key in keys:
                try:
                    plain = key.open(sealed)
                except KioskError:
                    continue
                opened.setdefault(name, []).append(plain)
                layers.append(plain)
    return opened


def start(campus: Campus) -> None:
    """Ask the hall for everything a candidate may be given at a seat."""
    assert campus.hall is not None
    admission = campus.hall.admit(campus.candidate.person.roll_number or "", campus.candidate.secret, SEAT)
    campus.hall.lease(admission.token, campus.roster.assignments[0].assignment_id, SEAT)


def test_before_the_release_nothing_in_hall_or_seat_opens_the_paper_whatever_the_clock_says(tmp_path):
    campus = a_campus(tmp_path)
    package, scratch = campus.send(), tmp_path / "scratch"
    digest, place = campus.paper.digest, campus.home.hall
    blobs = {b.role: package.blobs[b.sha256] for b in package.manifest.blobs}
    campus.hall = open_hall(place, campus.clock)
    campus.desk().close()
    for years in (0, 1, 20, -21):
        campus.clock.step_wall(years * 365 * 86_400_000)
        campus.hall.close()
        campus.hall = open_hall(place, campus.clock)
        assert campus.hall._store.papers.identity(digest) is None
        with pytest.raises(Refused):
            start(campus)
        secrets = identities(places(campus, scratch))
        opened = opened_by(secrets, blobs)
        assert set(opened) == {"roster", "canary", "outline", "locked_identity"}
        assert package.recipient(digest) not in {AgeIdentity(s).recipient for s in secrets}
        assert identities(iter([("inner", p) for plains in opened.values() for p in plains])) == set()
    campus.hall.close()
    campus.central.close()


def test_a_session_that_is_open_does_not_stand_in_for_the_release(tmp_path):
    campus = a_campus(tmp_path)
    campus.send()
    campus.hall = open_hall(campus.home.hall, campus.clock)
    for session in campus.hall.sessions():
        campus.hall.open_session(session.session_id, campus.proctor.person.user_id)
    with pytest.raises(Refused, match="has not been released yet"):
        start(campus)
    campus.hall.close()
    campus.central.close()


def test_the_hunt_finds_the_identity_once_it_is_given(tmp_path):
    campus = a_campus(tmp_path)
    package = campus.send()
    campus.open_hall().close()
    blobs = {b.role: package.blobs[b.sha256] for b in package.manifest.blobs}
    secrets = identities(places(campus, tmp_path / "scratch"))
    opened = opened_by(secrets, blobs)
    assert set(opened) == {"roster", "canary", "outline", "locked_identity", "paper"}
    (secret,) = (s for s in secrets if AgeIdentity(s).recipient == package.recipient(campus.paper.digest))
    assert open_paper(blobs["paper"], secret, campus.paper.digest) == campus.paper
    campus.central.close()
