"""The way through a paper: which question comes next, which before, and where a section was left."""

from collections.abc import Set

from kiosk.views.candidate import QuestionCard, SectionCard, Sheet


class Route:
    """The questions of a sheet in their order, and the last one looked at in each section."""

    def __init__(self, sheet: Sheet) -> None:
        self._sections = {s.section_id: s for s in sheet.sections}
        self._cards = {q.question_id: q for s in sheet.sections for q in s.questions}
        self._last: dict[str, str] = {}

    @property
    def first(self) -> QuestionCard:
        """The first question of the paper."""
        return next(iter(self._cards.values()))

    def card(self, question_id: str) -> QuestionCard:
        """Return a question."""
        return self._cards[question_id]

    def section(self, card: QuestionCard) -> SectionCard:
        """Return the section a question stands in."""
        return self._sections[card.section_id]

    def visit(self, card: QuestionCard) -> None:
        """Remember that this question was looked at."""
        self._last[card.section_id] = card.question_id

    def step(self, card: QuestionCard, by: int, shut: Set[str]) -> QuestionCard | None:
        """Return the next (`by` 1) or previous (-1) question that is not in a shut section, or None at the end."""
        cards = list(self._cards.values())
        place = cards.index(card) + by
        while 0 <= place < len(cards):
            if cards[place].section_id not in shut:
                return cards[place]
            place += by
        return None

    def next_section(self, card: QuestionCard, shut: Set[str]) -> QuestionCard | None:
        """Return where the next open section was left, or its first question; None where there is no other."""
        ids = list(self._sections)
        place = ids.index(card.section_id)
        for section_id in [*ids[place + 1 :], *ids[:place]]:
            if section_id not in shut:
                return self.entry(section_id)
        return None

    def entry(self, section_id: str) -> QuestionCard:
        """Return where a section was left, or its first question."""
        return self._cards[self._last.get(section_id, self._sections[section_id].questions[0].question_id)]
