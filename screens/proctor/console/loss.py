"""Lost time on the console: what an interruption cost a seat is given back or charged, or laid to another cause."""

from dataclasses import replace

from textual.binding import Binding
from textual.getters import query_one

from kiosk.exam.incident import Cause
from kiosk.views.order import Order, Verb
from screens.proctor.console.attention import AttentionList
from screens.proctor.console.message import OrderAsked
from screens.proctor.console.selecting import SelectingPage


class LossPage(SelectingPage):
    """A page with a list of what needs somebody, from which lost time is settled."""

    BINDINGS = [
        Binding("c,C", "credit", show=False, id="console.credit", tooltip="Credit or charge lost time by its cause"),
        Binding("x,X", "cause", show=False, id="console.cause", tooltip="Lay lost time to another cause"),
    ]
    needing = query_one(AttentionList)

    def action_credit(self) -> None:
        """Give back what an incident has cost, or settle a gap, as the hall's rule proposes by the cause."""
        found = self.needing.about(self.here(), with_cause=True)
        if found is None or found.seat is None:
            self.say("Nothing is proposed for this seat. E extends its time.")
        elif found.charge_ms is None and not found.proposal_ms:
            self.say("The rule proposes nothing by this cause. X changes the cause, V settles a gap, E extends.")
        elif not self.refuses_acts():
            amount_ms = found.proposal_ms or 0 if found.charge_ms is None else found.charge_ms
            order = Order(verb=Verb.CREDIT, seats=(found.seat,), amount_ms=amount_ms, attention_id=found.attention_id)
            self.post_message(OrderAsked(order))

    def action_cause(self) -> None:
        """Lay what interrupted the seat that is looked at to another cause."""
        from screens.proctor.console.cause import CauseDialog

        found = self.needing.about(self.here(), with_cause=True)
        if found is None or found.seat is None:
            self.say("No time was lost at this seat, as far as the hall knows.")
        elif not self.refuses_acts():
            order = Order(verb=Verb.CAUSE, seats=(found.seat,), attention_id=found.attention_id)

            def answer(cause: Cause | None) -> None:
                self.order(None if cause is None else replace(order, reason=cause.value))

            self.app.push_screen(CauseDialog(found), answer)
