"""Several bundles of one sitting: which counts, what the others keep, and what people decide about them."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from builders import NOON, FakeClock, Trial
from forking import Fork
from keyring import seal_journal
from kiosk.central.adjudication import ADJUDICATE
from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.exam.status import BundleState, LogAction
from kiosk.office import marking
from kiosk.office.person import add, staff
from kiosk.sealing.decision import read_decision
from storage.models import office as tables

ORDERLESS = {"marks", "audit_log"}
"""What grows with every act: its history is told in the order things came."""
WHEN = {"log_id", "timestamp", "settled_at", "received_at", "created_at", "issued_at", "envelope", "source"}


def all_of(site, model, **where):
    with Session(site.office.engine) as session:
        return list(session.scalars(select(model).filter_by(**where)))


def shown(site):
    """Every row that a set of bundles makes, without when it was made and without the history of awards."""
    found = {}
    for table in tables.OfficeBase.metadata.sorted_tables:
        if table.name in ORDERLESS:
            continue
        columns = [c for c in table.columns if c.name not in WHEN]
        with site.office.engine.connect() as connection:
            rows = connection.execute(table.select().with_only_columns(*columns)).all()
        told = [r for r in rows if table.name != "test_logs" or r.performed_by != "system"]
        found[table.name] = sorted(repr(tuple(r)) for r in told)
    return found


def deliver(site, *bundles):
    """Hand bundles in one after the other, each counted before the next comes."""
    for bundle in bundles:
        site.central.intake.take(bundle.data, "stick")
        site.settle()


def states(site):
    return {line.bundle_id: line.state for line in site.central.arrivals.lines()}


def answers(site):
    return {a.question_id: a for a in all_of(site, tables.Answer)}


@pytest.fixture
def forked(site):
    """An office that counted a sitting whose first seat came last: the later lease counts, the old seat is a branch."""
    fork = Fork(site.paper, site.keyring)
    old = fork.bundle({"genetics-1": ["genetics-1-2"]}, {"writing-1": "All of it"})
    new = fork.bundle({"genetics-1": ["genetics-1-1"]}, epoch=2)
    deliver(site, new, old)
    return site, old, new


@pytest.fixture
def adjudicators(forked):
    """Two administrators with names of their own."""
    office = forked[0].office
    people = [staff(Role.ADMIN, name) for name in ("Mbeki, Thandi", "Sato, Ken")]
    add(office, office.acting("user.assign_role"), people)
    return office.acting(ADJUDICATE, people[0].user_id, people[1].user_id)


@pytest.mark.parametrize("order", [0, 1])
def test_what_a_seat_sealed_of_a_sitting_that_had_left_it_never_outranks_where_it_went_on(site, order):
    fork = Fork(site.paper, site.keyring)
    stayed = fork.bundle({}, epoch=2, lease_id="away", seat="B3", issued_at="2031-05-06T13:00:00.000Z", hand_in=False)
    went_on = fork.bundle({"genetics-1": ["genetics-1-2"]}, epoch=2)
    deliver(site, *((stayed, went_on) if order else (went_on, stayed)))
    assert states(site) == {went_on.bundle_id: BundleState.COUNTED, stayed.bundle_id: BundleState.BRANCH}


def test_the_later_lease_counts_whichever_came_first(make_site):
    results = []
    for order in ((0, 1), (1, 0), (1, 1, 0, 0, 1)):
        site = make_site()
        fork = Fork(site.paper, site.keyring)
        if not results:
            bundles = [
                fork.bundle({"genetics-1": ["genetics-1-2"]}),
                fork.bundle({"genetics-3": ["genetics-3-1"]}, epoch=2),
            ]
        deliver(site, *(bundles[n] for n in order))
        assert states(site) == {bundles[0].bundle_id: BundleState.BRANCH, bundles[1].bundle_id: BundleState.COUNTED}
        results.append(shown(site))
    assert results[1:] == results[:1] * 2
    assert len(results[0]["journal"]) == sum(b.manifest.entries for b in bundles)


def test_of_one_epoch_the_later_lease_and_then_the_digest_decide(make_site):
    """Six bundles, every order of a handful of them: the same one counts and the same rows come out."""
    site = make_site()
    fork = Fork(site.paper, site.keyring)
    bundles = [
        fork.bundle({"genetics-1": ["genetics-1-1"]}, epoch=2),
        fork.bundle({"genetics-1": ["genetics-1-2"]}, epoch=2),  # the same lease sealed twice: their ids decide
        fork.bundle({"genetics-1": ["genetics-1-3"]}, epoch=2, lease_id="other", issued_at="2031-05-06T12:02:30.001Z"),
        fork.bundle({}, {"writing-1": "Only here"}, hand_in=False),
    ]
    winner = bundles[2].bundle_id
    results = []
    for order in itertools.islice(itertools.permutations(range(4)), 0, None, 5):
        here = make_site()
        deliver(here, *(bundles[n] for n in order))
        assert [b for b, state in states(here).items() if state is BundleState.COUNTED] == [winner]
        results.append(shown(here))
    assert results == results[:1] * len(results)


def test_a_branch_keeps_its_journal_and_changes_nothing_else(forked):
    site, old, new = forked
    assert {a.question_id for a in all_of(site, tables.Answer)} == {
        "cells-1", "cells-2", "cells-3", "genetics-1",
    }  # fmt: skip
    kept = {e.bundle_id for e in all_of(site, tables.JournalEntry)}
    assert kept == {old.bundle_id, new.bundle_id}
    (line,) = site.central.arrivals.lines(BundleState.BRANCH)
    assert "ranks higher" in line.problem
    site.central.records.record("submission-1").verify()
    code = new.manifest.handed_in.receipt
    assert site.central.proof.receipt(code).bundle_id == new.bundle_id


def test_marks_are_made_anew_for_the_answers_that_count_now(site):
    fork = Fork(site.paper, site.keyring)
    deliver(site, fork.bundle({"genetics-1": ["genetics-1-2"]}))
    (before,) = all_of(site, tables.Submission)
    deliver(site, fork.bundle({"genetics-1": ["genetics-1-1"]}, epoch=2))
    (after,) = all_of(site, tables.Submission)
    assert (before.score, after.score) == (Decimal(5), Decimal(3))
    given = [(m.revision, m.points) for m in all_of(site, tables.Mark, question_id="genetics-1")]
    assert given == [(1, Decimal(2)), (2, Decimal(0))]
    assert answers(site)["genetics-1"].points_awarded == Decimal(0)


def test_an_award_by_a_person_stays_and_is_flagged_when_its_answer_changed(site):
    fork = Fork(site.paper, site.keyring)
    deliver(site, fork.bundle({}, {"writing-1": "An essay"}))
    evaluator = site.office.acting("answer.mark")
    marking.award(site.office, evaluator, "submission-1", "writing-1", Decimal(7))
    deliver(site, fork.bundle({}, {"writing-1": "Another essay"}, epoch=2))
    assert [m.points for m in all_of(site, tables.Mark, question_id="writing-1")] == [Decimal(7)]
    (line,) = site.central.arrivals.lines(BundleState.COUNTED)
    assert [f for f in line.flags if "writing-1" in f and "look at the award" in f]


def test_an_award_on_the_same_answer_is_not_flagged(site):
    fork = Fork(site.paper, site.keyring)
    deliver(site, fork.bundle({}, {"writing-1": "An essay"}))
    marking.award(site.office, site.office.acting("answer.mark"), "submission-1", "writing-1", Decimal(7))
    deliver(site, fork.bundle({"genetics-1": ["genetics-1-1"]}, {"writing-1": "An essay"}, epoch=2))
    (line,) = site.central.arrivals.lines(BundleState.COUNTED)
    assert line.flags == ()


def test_a_branch_is_shown_question_by_question(forked, adjudicators):
    site, old, new = forked
    (one,) = site.central.adjudication.branches(adjudicators)
    assert (one.counted, one.branch) == (new.bundle_id, old.bundle_id)
    said = {
        c.question_id: (c.counted.selected_option_ids, c.branch.selected_option_ids) for c in one.contrasts if c.differs
    }
    assert said == {"genetics-1": (("genetics-1-1",), ("genetics-1-2",)), "writing-1": (None, None)}
    assert {c.branch.essay_answer for c in one.contrasts} == {None, "All of it"}
    (act,) = [e for e in site.office.logs.audit("test_submissions") if e.action == ADJUDICATE]
    assert (act.details["seen"], act.details["second"]) == (["submission-1"], adjudicators.second.user_id)


def test_an_adopted_answer_is_signed_marked_and_shown(forked, adjudicators):
    site, old, new = forked
    before = all_of(site, tables.Submission)[0].score
    (decision,) = site.central.adjudication.adopt(
        adjudicators, "submission-1", old.bundle_id[:12], ["genetics-1"], "The hub was down"
    )
    assert answers(site)["genetics-1"].selected_option_ids == ["genetics-1-2"]
    assert all_of(site, tables.Submission)[0].score == before + 2
    (row,) = all_of(site, tables.Decision)
    assert read_decision(row.envelope, site.keyring.root.public) == decision
    assert (decision.decided_by, decision.second) == (adjudicators.user_id, adjudicators.second.user_id)
    assert site.central.proof.receipt(new.manifest.handed_in.receipt).bundle_id == new.bundle_id
    assert site.central.adjudication.branches(adjudicators)[0].adopted == ("genetics-1",)


def test_a_decision_survives_a_bundle_that_outranks(forked, adjudicators):
    site, old, _ = forked
    site.central.adjudication.adopt(adjudicators, "submission-1", old.bundle_id, ["writing-1"], "It was written")
    newest = Fork(site.paper, site.keyring).bundle({"genetics-1": ["genetics-1-3"]}, epoch=3)
    deliver(site, newest)
    assert states(site)[newest.bundle_id] is BundleState.COUNTED
    found = answers(site)
    assert (found["writing-1"].essay_answer, found["genetics-1"].selected_option_ids) == ("All of it", ["genetics-1-3"])


def test_a_decision_on_the_bundle_that_counts_now_is_dropped_with_a_flag(site):
    fork = Fork(site.paper, site.keyring)
    first, second = (
        fork.bundle({}, {"writing-1": "Here"}, epoch=2),
        fork.bundle({"genetics-1": ["genetics-1-2"]}, epoch=3),
    )
    deliver(site, second, first)
    alone = site.office.acting(ADJUDICATE)
    (decision,) = site.central.adjudication.adopt(alone, "submission-1", first.bundle_id, ["writing-1"], "Lost lease")
    taken = decision.answer
    with Session(site.office.engine) as session:
        # the same decision, met when the very bundle it names counts by itself
        from storage.central.decision import adopted

        result = adopted(
            session,
            ("submission-1", "2031-05-06"),
            first.bundle_id,
            frozenset(site.paper.questions),
            site.central.read_decision,
        )
    assert taken.essay_answer == "Here"
    assert result.answers == {}
    assert "counts by itself now" in result.flags[0]


def test_a_tampered_decision_is_refused_and_flagged_when_the_sitting_is_folded_again(forked, adjudicators):
    site, old, _ = forked
    (decision,) = site.central.adjudication.adopt(adjudicators, "submission-1", old.bundle_id, ["writing-1"], "Written")
    (row,) = all_of(site, tables.Decision)
    for place in range(0, len(row.envelope), 97):
        changed = row.envelope[:place] + bytes([row.envelope[place] ^ 1]) + row.envelope[place + 1 :]
        with pytest.raises(KioskError):
            read_decision(changed, site.keyring.root.public)
    forged = row.envelope.replace(b'"payload":"', b'"payload":"A', 1)
    with site.office.engine.begin() as connection:
        values = {"b": old.bundle_id, "e": forged, "i": "f" * 64, "d": "submission-1"}
        connection.execute(
            tables.Decision.__table__.insert().values(
                decision_id="f" * 64,
                submission_id=values["d"],
                opened_on="2031-05-06",
                bundle_id=values["b"],
                question_id="genetics-1",
                envelope=forged,
                reason="forged",
                decided_by=decision.decided_by,
                second=None,
                decided_at=NOON.replace(year=2032),
            )
        )
    newest = Fork(site.paper, site.keyring).bundle({"genetics-1": ["genetics-1-3"]}, epoch=3)
    deliver(site, newest)
    assert answers(site)["genetics-1"].selected_option_ids == ["genetics-1-3"]
    (line,) = site.central.arrivals.lines(BundleState.COUNTED)
    assert [f for f in line.flags if "is not followed" in f]


def test_who_may_decide_and_what(forked, adjudicators):
    site, old, new = forked
    acts = site.central.adjudication
    alone = Actor(adjudicators.user_id, Role.ADMIN)
    rows_before = shown(site)
    refused = [
        (Denied, alone, "submission-1", old.bundle_id, ["genetics-1"], "reason"),
        (Denied, Actor("proctor-1", Role.PROCTOR), "submission-1", old.bundle_id, ["genetics-1"], "reason"),
        (Invalid, adjudicators, "submission-1", old.bundle_id, ["genetics-1"], "  "),
        (Refused, adjudicators, "submission-1", old.bundle_id, ["cells-1"], "reason"),
        (Refused, adjudicators, "submission-1", new.bundle_id, ["genetics-1"], "reason"),
        (Refused, adjudicators, "submission-2", old.bundle_id, ["genetics-1"], "reason"),
        (Refused, adjudicators, "submission-1", old.bundle_id[:4], ["genetics-1"], "reason"),
    ]
    for kind, *words in refused:
        with pytest.raises(kind):
            acts.adopt(*words)
    for actor in (alone, Actor("proctor-1", Role.PROCTOR)):
        with pytest.raises(Denied):
            acts.branches(actor)
        with pytest.raises(Denied):
            acts.allow(actor, old.bundle_id, "reason")
    assert shown(site) == rows_before
    assert all_of(site, tables.Decision) == []


def test_marking_at_once_gives_what_marking_by_command_gives(make_site):
    """The rows are those of an office that counts without marking and then runs `mark auto`."""
    found = []
    for is_apart in (False, True):
        site = make_site()
        if not found:
            fork = Fork(site.paper, site.keyring)
            bundle = fork.bundle({"genetics-1": ["genetics-1-2"]}, {"writing-1": "An essay"})
        if is_apart:
            with site.office.engine.begin() as connection:
                held = connection.execute(text("SELECT count(*) FROM marks")).scalar_one()
            assert held == 0
            deliver_unmarked(site, bundle)
            marked = marking.mark_automatic(site.office, site.office.acting("answer.mark"))
            assert marked.marked == 1
        else:
            deliver(site, bundle)
        again = marking.mark_automatic(site.office, site.office.acting("answer.mark"))
        rows = shown(site)
        rows["marks"] = sorted(
            (m.question_id, m.revision, m.points, m.is_correct, m.key_version, m.marker_id)
            for m in all_of(site, tables.Mark)
        )
        logs = [(e.action, e.performed_by, e.details) for e in all_of(site, tables.Log)]
        found.append((rows, sorted(logs), [m.added for m in again.changed]))
        assert [e for e in logs if e[0] is LogAction.UPDATED and "marked" in (e[2] or "")]
    assert found[0] == found[1]


def deliver_unmarked(site, bundle):
    """Count a bundle as an office would that marks only by command."""
    from storage.central import projection

    marks, projection.first_marks = projection.first_marks, lambda *_: None
    try:
        deliver(site, bundle)
    finally:
        projection.first_marks = marks


def test_the_words_of_a_decision_are_checked(site):
    with pytest.raises((Invalid, Tampered)):
        read_decision(b"{}", site.keyring.root.public)


def test_of_two_names_for_somebody_unknown_the_same_one_stays_whichever_came_first(make_site):
    names = []
    bundles = []
    for order in ((0, 1), (1, 0)):
        site = make_site()
        fork = Fork(site.paper, site.keyring)
        bundles = bundles or [fork.bundle(name="Okafor, A."), fork.bundle(name="Okafor, Anna", epoch=2)]
        deliver(site, *(bundles[n] for n in order))
        names += [p.name for p in all_of(site, tables.Person, user_id="candidate-1")]
    assert names == ["Okafor, A."] * 2


def test_of_two_strangers_with_one_roll_number_the_same_one_has_it_whichever_came_first(make_site):
    found, bundles = [], []
    for order in itertools.permutations(range(3)):
        site = make_site()
        bundles = bundles or [Fork(site.paper, site.keyring, n, roll="B-7").bundle() for n in (1, 2, 3)]
        deliver(site, *(bundles[n] for n in order))
        people = all_of(site, tables.Person, is_provisional=True)
        found.append({p.user_id: p.roll_number for p in people if p.user_id.startswith("candidate")})
    assert found == [{"candidate-1": "B-7", "candidate-2": None, "candidate-3": None}] * 6


def test_a_roll_number_the_office_knows_stays_with_whoever_has_it(site):
    known = site.add_candidate(9)
    deliver(site, Fork(site.paper, site.keyring, 1, roll=known.roll_number).bundle())
    assert {p.user_id: p.roll_number for p in all_of(site, tables.Person, roll_number="B-9")} == {"candidate-9": "B-9"}
    assert [p.roll_number for p in all_of(site, tables.Person, user_id="candidate-1")] == [None]


def test_of_several_counted_together_one_that_does_not_fit_spoils_no_other(site):
    """The assignment of the third is somebody else's; it alone fails, and every other is counted as if alone."""
    stranger = Fork(site.paper, site.keyring, 3)
    given = site.assign(site.add_candidate(8))
    lease = replace(stranger.lease, assignment_id=given)
    forks = [Fork(site.paper, site.keyring, n) for n in (1, 2, 4, 5)]
    trial = Trial(site.paper, FakeClock(), lease)
    seal_journal(trial)
    wrong = stranger.sealed(trial, [lease])
    for bundle in (forks[0].bundle(), forks[1].bundle(), wrong, forks[2].bundle(), forks[3].bundle()):
        site.central.intake.take(bundle.data, "stick")
    done = {s.bundle_id: s for s in site.settle()}
    assert done[wrong.bundle_id].problem == f"the assignment {given} belongs to another candidate"
    assert sorted(s.state for s in done.values()) == [BundleState.COUNTED] * 4 + [BundleState.FAILED]
    assert len(all_of(site, tables.Submission)) == 4
