"""The doors a seat shuts before anything else is imported: keyboard signals and steering variables."""

import os
import signal
from collections.abc import MutableMapping


def shut_keyboard_signals() -> None:
    """Ignore the signals a keyboard can send; the first thing a seat does, before its slow imports."""
    for name in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(name, signal.SIG_IGN)


def scrub_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take out every variable by which Textual can be steered; must run before Textual is imported."""
    for name in [n for n in environment if n.startswith("TEXTUAL")]:
        del environment[name]
