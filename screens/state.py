"""The five conventional states of a question, each with a glyph and a word."""

from kiosk.exam.answer import Answer

GLYPHS = {"answered": "■", "both": "▒", "flagged": "•", "seen": "·", "unseen": " "}
WORDS = {
    "answered": "answered",
    "both": "answered+flag",
    "flagged": "flagged",
    "seen": "seen, empty",
    "unseen": "not seen",
}
STATES = tuple(GLYPHS)
"""Names of the states, as themes and styles know them, in the order of the legend."""


def question_state(answer: Answer | None) -> str:
    """Return which of the five states a question is in."""
    if answer is None:
        return "unseen"
    if answer.is_answered:
        return "both" if answer.flagged else "answered"
    if answer.flagged:
        return "flagged"
    return "seen" if answer.seen else "unseen"
