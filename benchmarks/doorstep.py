"""A door of central as `kiosk central serve` opens it, in a process of its own on this machine, and a hall's client."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crowd import HALL
from kiosk.central.central import Central
from kiosk.central.token import ENROL, give
from kiosk.exam.paper import Paper
from kiosk.ground.home import Home
from kiosk.hall.central import CentralDoor
from kiosk.hall.connection import open_client
from kiosk.office.draft import keep
from kiosk.office.office import Office
from kiosk.office.publication import publish
from kiosk.office.sample_exam import sample_test


def printed(office: Office) -> Paper:
    """Keep and publish the sample exam."""
    test = sample_test()
    keep(office, office.acting("test.create"), test)
    return publish(office, office.acting("test.approve_publish"), test.test_id)


@contextmanager
def a_central(home: Path) -> Iterator[tuple[Central, Paper]]:
    """Found a central office in a file, with the sample exam published."""
    central, _ = Central.found(Home(home).office)
    with central:
        yield central, printed(central.office)


@contextmanager
def a_door(home: Path, central: Central) -> Iterator[CentralDoor]:
    """Open the door of a home, without TLS, and knock at it as the hall of the crowd."""
    argv = [sys.executable, "-m", "kiosk", "central", "serve", "--plain-loopback", "--port", "0", "--json"]
    with subprocess.Popen([*argv, "--home", str(home)], stdout=subprocess.PIPE, text=True) as door:
        assert door.stdout is not None
        url = json.loads(door.stdout.readline())["url"]
        connection = give(central.office, central.office.acting(ENROL), HALL, url, None)[1]
        try:
            with open_client(connection) as client:
                yield CentralDoor(client)
        finally:
            door.terminate()
            door.wait(60)
