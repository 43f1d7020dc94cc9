"""A frame: a piece of a journal as it goes to the hub."""

import base64

from kiosk.exam.canonical import canonical, respelled
from kiosk.exam.piece import Holding, Piece
from kiosk.wire.hub import EvidencePart, FrameMessage, GenesisPart, HoldingLine


def frame_of(piece: Piece, *, start: bool) -> FrameMessage:
    """Return the message of a piece; `start` adds what the chain hangs on and by what right it was written."""
    return FrameMessage(
        submission_id=piece.genesis.submission_id,
        opened_on=piece.genesis.opened_on,
        epoch=piece.epoch,
        first=piece.entries[0].seq,
        before=piece.before.hex(),
        entries=tuple(respelled(entry.document()).decode() for entry in piece.entries),
        evidence=tuple(
            EvidencePart(
                digest=e.digest,
                media_type=e.media_type,
                at=e.captured_at,
                content=base64.b64encode(e.content).decode("ascii"),
            )
            for e in piece.evidence
        ),
        grants=tuple(g.envelope.decode("ascii") for g in piece.grants),
        start=_start(piece) if start else None,
    )


def holding_line(holding: Holding) -> HoldingLine:
    """Return the line of one sitting a seat holds."""
    return HoldingLine(
        submission_id=holding.submission_id,
        opened_on=holding.opened_on,
        epoch=holding.epoch,
        seq=holding.head.seq,
        hash=holding.head.hash.hex(),
    )


def _start(piece: Piece) -> GenesisPart:
    return GenesisPart(
        genesis=canonical(piece.genesis.document()).decode(),
        leases=tuple(signed.envelope.decode("ascii") for signed in piece.leases),
    )
