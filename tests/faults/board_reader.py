"""A console without a screen, run on a machine of its own: what it is asked on a line, it answers on a line, in JSON.

`python board_reader.py ADDRESS HOME`. It stands on the project's own line to the hub, so that it is lost and found
like any other console.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.exam.error import KioskError
from kiosk.ground.home import Home
from kiosk.hall.console.opening import open_board
from kiosk.views.board import Board
from kiosk.views.order import Order, Verb


def answer(board: Board, ask: dict[str, Any]) -> Any:
    """Return the answer to one question; raises KioskError where the hall refuses or does not hear."""
    match ask.pop("ask"):
        case "state":
            return asdict(board.state())
        case "sign in":
            return board.sign_in(ask["pin"])
        case "order":
            verb, seats = Verb(ask.pop("verb")), tuple(ask.pop("seats"))
            return [asdict(outcome) for outcome in board.carry_out(Order(verb=verb, seats=seats, **ask))]
        case "deeds":
            return [asdict(deed) for deed in board.deeds()]
    raise AssertionError("nothing was asked")


def main(address: Path, home: Path) -> None:
    """Answer until nothing more is asked."""
    board = open_board(Home(home).hall, address)
    board.start()
    try:
        for text in sys.stdin:
            try:
                told = {"told": answer(board, json.loads(text))}
            except KioskError as error:
                told = {"refused": error.message}
            print(json.dumps(told), flush=True)
    finally:
        board.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
