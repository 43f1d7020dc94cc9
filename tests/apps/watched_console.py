"""`kiosk hall console`, which tells the modules it has loaded when its board is to be opened: HOME PIPE.

The board is never opened.
"""

import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.cli.hall.console import BoardOpener, console


def hold(_: Any) -> None:
    Path(sys.argv[2]).write_text("\n".join(sorted(sys.modules)))
    threading.Event().wait()


BoardOpener.open = hold
console(home=Path(sys.argv[1]))
