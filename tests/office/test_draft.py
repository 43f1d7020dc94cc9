"""Drafts are kept whole, published for good, and only ever succeeded."""

from dataclasses import replace
from decimal import Decimal

import pytest

from builders import a_question, a_section, a_test
from examination import admin, author, publish
from kiosk.exam.draft import Option, QuestionType, Test
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.person import Role
from kiosk.exam.press import print_test
from kiosk.exam.roles import Actor
from kiosk.office import draft, person, publication
from kiosk.office.office import Office

FULL = a_test(
    description="Cells and genes",
    tags=("biology", "certification"),
    pass_score=Decimal("12.5"),
    settings={"marking": "weights", "showResults": "score", "hintCost": "0.25"},
    sections=(
        a_section(
            "s1",
            instructions="Answer all.",
            is_mandatory=True,
            questions=(
                a_question(
                    "q1",
                    section_id="s1",
                    type=QuestionType.MSQ,
                    hints=("one", "two"),
                    attachments=("figure.png",),
                    tags=("cells", "easy"),
                    shuffle=False,
                    min_choices=1,
                    max_choices=2,
                    rubric="none",
                    feedback="See page 4.",
                    options=(
                        Option(option_id="a", option_text="A", is_correct=True, option_order=2, weight=Decimal("0.5")),
                        Option(option_id="b", option_text="B", is_correct=True, option_order=3, weight=Decimal("0.5")),
                        Option(option_id="c", option_text="C", is_correct=False, option_order=4, feedback="No."),
                    ),
                ),
                a_question("q2", section_id="s1", order=2, is_active=False),
            ),
        ),
        *a_test().sections[2:],
    ),
)


RENAMED = replace(FULL.sections[0], section_id="s9")


def without_author(test: Test) -> Test:
    return replace(test, created_by="")


def test_a_draft_comes_back_as_it_was_kept(office: Office) -> None:
    kept = draft.keep(office, author(office), FULL)
    assert without_author(draft.show(office, author(office), FULL.test_id)) == without_author(FULL)
    assert kept.created_by == "author"


def test_keeping_a_draft_again_replaces_all_of_it(office: Office) -> None:
    draft.keep(office, author(office), FULL)
    shorter = replace(FULL, title="Biology III", sections=FULL.sections[1:], settings={}, tags=())
    draft.keep(office, author(office), shorter)
    assert without_author(office.drafts.load(FULL.test_id)) == without_author(shorter)


def test_an_id_of_another_test_is_refused_and_nothing_is_kept(office: Office) -> None:
    draft.keep(office, author(office), FULL)
    with pytest.raises(Invalid, match="section id s1 belongs to another test"):
        draft.keep(office, author(office), replace(FULL, test_id="other"))
    with pytest.raises(Invalid, match="question id q1 belongs to another test"):
        draft.keep(office, author(office), replace(FULL, test_id="other", sections=(RENAMED,)))
    assert [t.test_id for t in office.drafts.summaries()] == [FULL.test_id]


def test_a_setting_there_is_not_is_refused(office: Office) -> None:
    with pytest.raises(Invalid, match="no setting 'colour'"):
        draft.keep(office, author(office), a_test(settings={"colour": "red"}))


def test_the_catalogue_counts_and_tells_what_is_published(office: Office) -> None:
    publish(office)
    draft.keep(office, author(office), replace(FULL, test_id="other", sections=FULL.sections[:1]))
    first, second = draft.catalogue(office, admin(office))
    assert (first.test_id, first.sections, first.questions, first.is_published) == ("biology-2", 3, 8, True)
    assert (second.sections, second.questions, second.is_published) == (1, 1, False)


def test_authors_see_and_change_only_their_own(office: Office) -> None:
    draft.keep(office, author(office), FULL)
    other = person.staff(Role.AUTHOR, "Mbeki, Thandi")
    person.add(office, office.acting("user.assign_role"), [other])
    stranger = Actor(other.user_id, Role.AUTHOR)
    assert draft.catalogue(office, stranger) == ()
    for act in (draft.show, draft.revise):
        with pytest.raises((Denied, Refused)):
            act(office, stranger, FULL.test_id)
    with pytest.raises(Denied, match="belongs to somebody else"):
        draft.keep(office, stranger, FULL)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.PROCTOR, Role.CANDIDATE])
def test_others_write_no_tests(office: Office, role: Role) -> None:
    with pytest.raises(Denied):
        draft.keep(office, Actor("evaluator", role), FULL)
    assert office.drafts.summaries() == ()


def test_publishing_prints_paper_and_key_and_points_to_them(office: Office) -> None:
    draft.keep(office, author(office), a_test())
    printed = publication.publish(office, author(office), "biology-2")
    paper, key = print_test(office.drafts.load("biology-2"))
    assert printed == paper == publication.paper_of(office, "biology-2")
    assert publication.key_of(office, "biology-2") == key
    summary = office.drafts.summary("biology-2")
    assert (summary.paper_digest, summary.published_at) == (paper.digest, office.now())


def test_a_draft_that_cannot_be_sat_is_not_published(office: Office) -> None:
    draft.keep(office, author(office), a_test(sections=(a_section(questions=()),)))
    with pytest.raises(Invalid, match="no active question"):
        publication.publish(office, author(office), "biology-2")
    assert not office.drafts.summary("biology-2").is_published


def test_publishing_needs_a_second_author_once_there_is_one(office: Office) -> None:
    draft.keep(office, author(office), a_test())
    other = person.staff(Role.AUTHOR, "Mbeki, Thandi")
    person.add(office, office.acting("user.assign_role"), [other])
    with pytest.raises(Denied, match="needs a second person"):
        publication.publish(office, author(office), "biology-2")
    with pytest.raises(Denied, match="not a second person"):
        office.acting("test.approve_publish", other.user_id, "author")
    with pytest.raises(Denied, match="somebody else"):
        publication.publish(office, office.acting("test.approve_publish", other.user_id, other.user_id), "biology-2")
    publication.publish(office, office.acting("test.approve_publish", "author", other.user_id), "biology-2")
    entry = office.logs.audit("tests", "biology-2")[-1]
    assert (entry.action, entry.who, entry.details["second"]) == ("test.approve_publish", "author", other.user_id)


def test_what_is_kept_under_a_published_id_becomes_the_next_version(office: Office) -> None:
    first = publish(office)
    paper = publication.paper_of(office, "biology-2")
    with pytest.raises(Refused, match="nothing in it has changed"):
        draft.keep(office, author(office), first)
    edited = draft.keep(office, author(office), replace(first, title="Biology II, mended"))
    assert edited.test_id != "biology-2"
    assert edited.test_version == "v2"
    assert publication.paper_of(office, "biology-2") == paper
    assert office.drafts.load("biology-2") == first
    summary = office.drafts.summary(edited.test_id)
    assert (summary.family_id, summary.replaces_id) == ("biology-2", "biology-2")
    assert {q.replaces_id for s in edited.sections for q in s.questions} == set(paper.questions)
    with pytest.raises(Refused, match=f"Its next version is the draft {edited.test_id}"):
        publication.publish(office, author(office), "biology-2")
    again = publication.publish(office, author(office), edited.test_id)
    assert again.title == "Biology II, mended"
    assert again.digest != paper.digest
    assert publication.paper_of(office, "biology-2") == paper


def test_editing_the_next_version_again_keeps_one_draft(office: Office) -> None:
    first = publish(office)
    one = draft.keep(office, author(office), replace(first, title="B"))
    two = draft.keep(office, author(office), replace(first, title="C"))
    assert one.test_id == two.test_id
    assert office.drafts.load(two.test_id).title == "C"
    assert len(office.drafts.summaries()) == 2


def test_a_third_version_stays_in_the_family(office: Office) -> None:
    publish(office)
    second = draft.revise(office, author(office), "biology-2")
    publication.publish(office, author(office), second.test_id)
    third = draft.revise(office, author(office), second.test_id)
    summary = office.drafts.summary(third.test_id)
    assert (summary.family_id, summary.replaces_id) == ("biology-2", second.test_id)
    assert third.test_version == "v3"
    assert third.sections[0].questions[0].version == 3


def test_a_test_is_opened_and_shut_by_the_admin(office: Office) -> None:
    publish(office)
    draft.set_active(office, admin(office), "biology-2", False)
    assert not office.drafts.summary("biology-2").is_active
    assert office.logs.audit("tests", "biology-2")[-1].details == {"is_active": False}


def test_a_key_is_mended_by_a_new_version_and_the_paper_stays(office: Office) -> None:
    publish(office)
    paper, key = publication.paper_of(office, "biology-2"), publication.key_of(office, "biology-2")
    mended = replace(key, questions=(replace(key.questions[0], correct_ids=("cells-1-3",)), *key.questions[1:]))
    both = office.acting("question.change_key_after_exam")
    new = publication.mend_key(office, both, mended, "Option 3 is right")
    assert new.version == 2
    assert publication.key_of(office, "biology-2") == new
    assert office.papers.key(paper.digest, 1) == key
    assert publication.paper_of(office, "biology-2") == paper
    assert [v[0] for v in office.papers.key_versions(paper.digest)] == [1, 2]


def test_a_key_of_other_questions_is_refused(office: Office) -> None:
    publish(office)
    key = publication.key_of(office, "biology-2")
    both = office.acting("question.change_key_after_exam")
    with pytest.raises(Refused, match="does not belong"):
        publication.mend_key(office, both, replace(key, questions=key.questions[1:]), "x")
    person.add(office, office.acting("user.assign_role"), [person.staff(Role.AUTHOR, "Mbeki, Thandi")])
    with pytest.raises(Denied, match="needs a second person"):
        publication.mend_key(office, office.acting("question.change_key_after_exam", "admin"), key, "x")


def test_what_is_not_there_is_said_in_words(office: Office) -> None:
    with pytest.raises(Refused, match="There is no test nowhere here"):
        draft.show(office, author(office), "nowhere")
    with pytest.raises(Refused, match="no paper"):
        office.papers.paper("0" * 64)
