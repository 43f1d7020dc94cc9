"""Settings and the policy printed from them: known names, values that fit, and pairs that can stand together."""

from decimal import Decimal

import pytest

from kiosk.exam.draft import AccessType
from kiosk.exam.error import Invalid
from kiosk.exam.policy import Policy
from kiosk.exam.setting import SETTINGS, check_setting, read_setting


def test_every_default_fits_its_own_setting() -> None:
    for setting in SETTINGS:
        assert check_setting(setting.key, setting.default) == setting.default
        assert read_setting({}, setting.key) == setting.default
        assert setting.help.endswith(".")


def test_each_setting_has_one_name() -> None:
    assert len({s.key for s in SETTINGS}) == len(SETTINGS)


def test_what_says_how_to_mark_is_never_printed_for_candidates() -> None:
    audience = {s.key: s.audience for s in SETTINGS}
    for key in ("marking", "wrongAnswerPenalty", "negativeTotal", "passScoreIsPercent"):
        assert audience[key] == "key"


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("allowHideTimer", ["true", "false"], ["True", "yes", "1", "", "tru"]),
        ("lateEntryMinutes", ["0", "30", "999999"], ["-1", "1.5", "", "1000000", "٣", " 3", "1e2"]),
        ("captureSeconds", ["0", "60"], ["off", "-0"]),
        ("warnMinutes", ["", "5", "15,5,1", "999"], ["15, 5", "1000", "five", ",,a", "-1"]),
        ("sectionOrder", ["free", "sequential"], ["Free", "", "random"]),
        ("showResults", ["never", "score", "questions"], ["always"]),
        (
            "hintCost",
            ["0", "0.5", "1000", "0.000001"],
            ["-1", "1001", "NaN", "Infinity", "1e1", " 1", "1_0", "٣", ".5"],
        ),
        ("wrongAnswerPenalty", ["0", "0.25", "1", "0.333333"], ["1.01", "2", "-0.1", "0.3333333", "half"]),
        ("marking", ["allOrNothing", "rightMinusWrong", "weights"], ["all"]),
    ],
)
def test_values_that_fit_and_values_that_do_not(key: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        assert check_setting(key, value) == value
    for value in bad:
        with pytest.raises(Invalid, match=f"the setting {key} cannot be"):
            check_setting(key, value)


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="there is no setting 'hintcost'; known are allowHideTimer"):
        check_setting("hintcost", "1")


def test_a_policy_reads_every_setting_of_the_paper() -> None:
    policy = Policy.from_settings(
        AccessType.PUBLIC,
        3,
        {
            "allowHideTimer": "false",
            "warnMinutes": "1,30,10,10,0",
            "sectionOrder": "sequential",
            "hintCost": "0.50",
            "lateEntryMinutes": "10",
            "dueDateEnds": "true",
            "captureSeconds": "0",
            "showResults": "questions",
            "immediateFeedback": "true",
        },
    )
    assert policy == Policy(
        access_type=AccessType.PUBLIC,
        max_attempts=3,
        allow_hide_timer=False,
        warn_minutes=(30, 10, 1),
        sequential_sections=True,
        hint_cost=Decimal("0.5"),
        late_entry_minutes=10,
        due_date_ends=True,
        capture_seconds=0,
        show_results="questions",
        immediate_feedback=True,
    )


def test_a_policy_without_settings_is_the_defaults() -> None:
    policy = Policy.from_settings(AccessType.PRIVATE, None, {})
    assert (policy.warn_minutes, policy.late_entry_minutes, policy.hint_cost) == ((15, 5, 1), 30, Decimal(0))
    assert (policy.sequential_sections, policy.due_date_ends, policy.immediate_feedback) == (False, False, False)
    assert (policy.show_results, policy.allow_hide_timer) == ("never", True)


def test_feedback_during_the_sitting_is_for_practice_only() -> None:
    with pytest.raises(Invalid, match="a private test cannot have it"):
        Policy.from_settings(AccessType.PRIVATE, None, {"immediateFeedback": "true"})
