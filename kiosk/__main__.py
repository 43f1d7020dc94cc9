"""`python -m kiosk` is `kiosk`."""

from kiosk.cli.main import run

run()
