"""The choices of a question: by letter, by number, or by arrows and Space."""

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from kiosk.exam.draft import QuestionType
from kiosk.views.candidate import OptionCard, QuestionCard
from screens.messages import ChoiceChanged
from screens.widgets.keyorder import KeyOrder
from screens.widgets.passage import Passage
from screens.wish import Wishes

CHOSEN_WORD = "chosen"
_PREFIX = 10
_SUFFIX = len(CHOSEN_WORD) + 2


class Choices(KeyOrder, Passage, can_focus=True):
    """All options of one question in one widget; what is chosen has a mark, a word and a colour."""

    COMPONENT_CLASSES = {"choices--letter", "choices--chosen", "choices--cursor"}
    DEFAULT_CSS = """
    Choices {
        & .choices--letter { color: $accent; text-style: bold; }
        & .choices--chosen { color: $answered; text-style: bold; }
        & .choices--cursor { text-style: bold; }
        &:focus .choices--cursor { color: $on-accent; background: $accent; text-style: bold; }
    }
    """
    SCROLL_KEYS = "Down"

    cursor: reactive[int] = reactive(0)

    def __init__(self) -> None:
        super().__init__()
        self._question_id = ""
        self._options: tuple[OptionCard, ...] = ()
        self._several = False
        self._chosen: frozenset[str] = frozenset()
        self.wishes: Wishes[frozenset[str]] = Wishes()
        self._starts: list[int] = []
        self._made: dict[tuple[int, bool, bool, int], list[Strip]] = {}

    def show(self, card: QuestionCard, chosen: frozenset[str]) -> None:
        """Show the options of a question, the cursor on the first chosen one."""
        self._question_id, self._options, self._several = card.question_id, card.options, card.type is QuestionType.MSQ
        self._chosen = chosen = self.wishes.settle(card.question_id, chosen)
        self._made.clear()
        self.set_reactive(Choices.cursor, next((n for n, o in enumerate(card.options) if o.option_id in chosen), 0))
        self.remake()

    def show_chosen(self, chosen: frozenset[str]) -> None:
        """Show what is chosen, ahead of it what has just been asked for."""
        self._draw(self.wishes.settle(self._question_id, chosen))

    def want(self, chosen: frozenset[str]) -> None:
        """Show at once what is being asked for."""
        self.wishes.ask(self._question_id, chosen)
        self._draw(chosen)

    def _draw(self, chosen: frozenset[str]) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.redraw()

    def make_lines(self, width: int) -> list[Strip]:
        """Lay the options out, wrapped beside their letters."""
        lines: list[Strip] = []
        self._starts = []
        for place, option in enumerate(self._options):
            self._starts.append(len(lines))
            key = place, option.option_id in self._chosen, place == self.cursor, width
            if key not in self._made:
                self._made[key] = self._option_lines(option, *key[1:])
            lines += self._made[key]
        return lines

    def notify_style_update(self) -> None:
        """Lay the options out afresh in new colours."""
        self._made.clear()
        super().notify_style_update()

    def _option_lines(self, option: OptionCard, is_chosen: bool, at_cursor: bool, width: int) -> list[Strip]:
        part = "choices--cursor" if at_cursor else "choices--chosen" if is_chosen else None
        style = self.get_component_rich_style(part, partial=True) if part else Style()
        letter = style if at_cursor else self.get_component_rich_style("choices--letter", partial=True)
        left, right = "[]" if self._several else "()"
        box = f"{left}{('x' if self._several else '•') if is_chosen else ' '}{right}"
        room = max(8, width - _PREFIX - _SUFFIX)
        rows = Text(option.text or " ").wrap(self.app.console, room) or [Text(" ")]
        word = CHOSEN_WORD if is_chosen else ""
        first = [
            Segment(f" {'▶' if at_cursor else ' '} ", style),
            Segment(f"{option.letter:<2} ", letter),
            Segment(f"{box} ", style),
            Segment(set_cell_size(rows[0].plain, room), style),
            Segment(f"{word:>{_SUFFIX - 1}} ", style),
        ]
        rest = [[Segment(" " * _PREFIX + set_cell_size(r.plain, room + _SUFFIX), style)] for r in rows[1:]]
        return [Strip(first), *(Strip(r) for r in rest)]

    async def _on_key(self, event: events.Key) -> None:
        place = self._place_of(event)
        if place is not None:
            self._pick(place)
        elif event.key in ("up", "down"):
            self.cursor = max(0, min(self.cursor + (1 if event.key == "down" else -1), len(self._options) - 1))
        elif event.key in ("space", "enter"):
            self._pick(self.cursor)
        else:
            return
        event.stop()
        event.prevent_default()

    def _place_of(self, event: events.Key) -> int | None:
        character = (event.character or "").upper()
        for place, option in enumerate(self._options):
            if character in (option.letter, str(place + 1)):
                return place
        return None

    def _pick(self, place: int) -> None:
        if not self._options:
            return
        option_id = self._options[place].option_id
        wanted = self._chosen ^ {option_id} if self._several else frozenset({option_id})
        self.wishes.ask(self._question_id, wanted)
        self._chosen = wanted
        self.set_reactive(Choices.cursor, place)
        self._draw_at_cursor()
        ids = tuple(o.option_id for o in self._options if o.option_id in wanted)
        # straight to the screen, where moves to other questions are posted too, so that none overtakes the other
        self.screen.post_message(ChoiceChanged(self._question_id, ids))

    def watch_cursor(self) -> None:
        """Draw the cursor where it is now."""
        self._draw_at_cursor()

    def _draw_at_cursor(self) -> None:
        """Draw what has changed, and bring the option at the cursor into view, its end first, then its start."""
        self.redraw()
        if not self._options or not self.size.width:
            return
        count, place = len(self.lines()), self.cursor
        end = self._starts[place + 1] if place + 1 < len(self._starts) else count
        self.top = min(max(self.top, end - self.room), self._starts[place])

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        line = self.top + event.y
        if event.y < self.room and line < len(self.lines()):
            place = max(n for n, start in enumerate(self._starts) if start <= line)
            self._pick(place)


if __name__ == "__main__":
    from decimal import Decimal

    from screens.widgets.sample import show

    options = (OptionCard("1", "A", "Chloroplast"), OptionCard("2", "B", "Centriole"))
    choices = Choices()
    choices.styles.height = 8
    choices.show(QuestionCard("q", 1, "s", QuestionType.MCQ, "", Decimal(2), options), frozenset({"2"}))
    show(choices)
