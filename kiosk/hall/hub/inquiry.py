"""Inquiries: one call of a console, put to the board, and what the board says as it goes over the wire."""

from pydantic import BaseModel

from kiosk.exam.error import Denied
from kiosk.views.board import Board
from kiosk.views.order import CodeWish, Order, Verb
from kiosk.wire.answer import DoneAnswer
from kiosk.wire.board import (
    AnnouncementAnswer,
    AnnouncementsAnswer,
    CardAnswer,
    CloseoutAnswer,
    DeedAnswer,
    DeedsAnswer,
    OutcomeAnswer,
    OutcomesAnswer,
    PreflightAnswer,
)
from kiosk.wire.console import (
    AcknowledgeCall,
    AnnounceCall,
    AnnouncementsCall,
    BoardCall,
    CardCall,
    CloseoutCall,
    CodeAnswer,
    CodeCall,
    DeedsCall,
    MadeAnswer,
    OrderCall,
    PreflightCall,
)


def inquire(board: Board, call: BoardCall) -> BaseModel:
    """Return what the board answers; raises what it raises, and Denied for a call that is none of the board's."""
    match call:
        case CardCall():
            return CardAnswer.model_validate(board.card(call.seat))
        case OrderCall():
            outcomes = board.carry_out(_order(call))
            return OutcomesAnswer(outcomes=tuple(OutcomeAnswer.model_validate(o) for o in outcomes))
        case AnnounceCall():
            return MadeAnswer(id=board.announce(call.text, call.seats, call.question))
        case AcknowledgeCall():
            board.acknowledge(call.attention_id)
            return DoneAnswer()
        case CodeCall():
            return CodeAnswer(code=board.code(CodeWish(**call.model_dump(exclude={"method"}))))
        case AnnouncementsCall():
            said = board.announcements()
            return AnnouncementsAnswer(announcements=tuple(AnnouncementAnswer.model_validate(a) for a in said))
        case DeedsCall():
            return DeedsAnswer(deeds=tuple(DeedAnswer.model_validate(d) for d in board.deeds()))
        case PreflightCall():
            return PreflightAnswer.model_validate(board.preflight())
        case CloseoutCall():
            return CloseoutAnswer.model_validate(board.closeout())
    raise Denied("The board is not asked this.")


def _order(call: OrderCall) -> Order:
    return Order(**{**call.model_dump(exclude={"method"}), "verb": Verb(call.verb)})
