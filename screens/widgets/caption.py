"""The line above a question: which one it is, how it is answered, what it is worth."""

from textual.content import Content

from kiosk.exam.draft import QuestionType
from kiosk.views.candidate import QuestionCard
from screens.widgets.line import spread


def caption(card: QuestionCard, of: int, flagged: bool, width: int, is_corrected: bool = False) -> Content:
    """Return the caption of a question; `of` counts the questions of its section.

    `is_corrected`: the hall has said something about it that stands below its text, perhaps out of sight.
    """
    number = Content.assemble((f" Question {card.number} of {of}", "bold $foreground"))
    flag = Content.assemble(("  • flagged", "bold $flagged")) if flagged else Content("")
    if is_corrected:
        flag = Content.assemble(("  ! corrected", "bold $urgent"), flag)
    points = f"{card.points.normalize():f} point{'' if card.points == 1 else 's'} "
    how = f" · {choice_words(card)}" if choice_words(card) else ""
    hint = "F5 hint · " if card.hints else ""
    # on a narrow line first the hint's key and then the manner of choosing give way
    for manner, right in ((how, hint + points), (how, points), ("", points)):
        line = number + Content(manner) + flag
        if line.cell_length + len(right) < width:
            break
    return spread(line, Content(right), width)


def choice_words(card: QuestionCard) -> str:
    """Return how many options may be chosen, in words: "choose 2 to 3"."""
    match card.type:
        case QuestionType.MCQ:
            return "choose one"
        case QuestionType.TRUE_FALSE:
            return "true or false"
        case QuestionType.MSQ:
            least, most = card.min_choices or 1, card.max_choices or len(card.options)
            return f"choose {least}" if least == most else f"choose {least} to {most}"
    return ""
