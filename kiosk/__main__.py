"""`python -m kiosk` is `kiosk`."""

from kiosk.cli.start import run

run()
