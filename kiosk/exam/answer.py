"""What a candidate has put down for one question, as the journal says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """The present state of one question of a sitting."""

    question_id: str
    option_ids: tuple[str, ...] = ()
    """Chosen options, sorted by id; their place on the screen never matters."""
    text: str = ""
    """An essay or a program."""
    flagged: bool = False
    seen: bool = False
    hints_shown: int = 0
    answered_at: str | None = None
    """Wall time of the last change, ISO 8601 UTC."""
    answered_seq: int | None = None
    """Entry of the last change."""

    @property
    def is_answered(self) -> bool:
        """Whether there is anything to mark: an option chosen or a letter written."""
        return bool(self.option_ids) or bool(self.text.strip())


def count_words(text: str) -> int:
    """Return the number of words as a person counts them: runs of characters between white space."""
    return len(text.split())
