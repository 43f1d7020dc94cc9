"""Secrets a person types: asked for without showing them, and never taken from the command line."""

import getpass
import sys

from kiosk.exam.error import Refused

LONGEST = 1_000


def ask_secret(name: str) -> str:
    """Ask for a secret on the terminal, or read one line of what is piped in; raises Refused where there is none."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(f"{name}: ")[:LONGEST]
    line = sys.stdin.readline(LONGEST + 1).rstrip("\r\n") if sys.stdin is not None else ""
    if not line.strip():
        raise Refused(f"No {name} was given. Type it at the terminal, or pipe it in on one line.")
    return line[:LONGEST]
