"""The way through a paper, round the sections that are shut."""

from fake_desk import a_desk

from screens.route import Route


def a_route() -> Route:
    return Route(a_desk().sheet())


def test_steps_cross_into_the_next_section() -> None:
    route = a_route()
    following = route.step(route.card("c15"), 1, frozenset())
    assert following is not None
    assert following.question_id == "g1"


def test_steps_jump_over_a_shut_section_both_ways() -> None:
    route = a_route()
    forth = route.step(route.card("c15"), 1, {"genetics"})
    assert forth is not None
    assert forth.question_id == "w1"
    back = route.step(forth, -1, {"genetics"})
    assert back is not None
    assert back.question_id == "c15"


def test_there_is_nothing_before_the_first_and_after_the_last() -> None:
    route = a_route()
    assert route.step(route.first, -1, frozenset()) is None
    assert route.step(route.card("w2"), 1, frozenset()) is None
    assert route.step(route.card("g1"), -1, {"cells"}) is None


def test_the_next_section_goes_round_and_remembers() -> None:
    route = a_route()
    route.visit(route.card("g4"))
    entry = route.next_section(route.card("c1"), frozenset())
    assert entry is not None
    assert entry.question_id == "g4"
    round_again = route.next_section(route.card("w2"), frozenset())
    assert round_again is not None
    assert round_again.question_id == "c1"
    assert route.next_section(route.card("c1"), {"genetics", "writing"}) is None
