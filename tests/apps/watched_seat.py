"""`kiosk seat`, which tells the modules it has loaded: `watched_seat.py HOME PIPE held|free`.

Held, it tells them when the desk is to be opened, and never opens it; free, whenever it gets SIGUSR1.
"""

import signal
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.cli.start import open_seat

HOME, PIPE = Path(sys.argv[1]), Path(sys.argv[2])


def tell_modules(*_: Any) -> None:
    PIPE.write_text("\n".join(sorted(sys.modules)))


def hold(_: Any) -> None:
    tell_modules()
    threading.Event().wait()


signal.signal(signal.SIGUSR1, tell_modules)
if sys.argv[3] == "held":
    from kiosk.cli.opening import DeskOpener

    DeskOpener.open = hold
sys.exit(open_seat("A1", HOME))
