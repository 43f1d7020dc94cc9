"""The hub's machine: the real program of a hub, started, killed, and made anew from nothing but its key folder."""

import json
import shutil
import subprocess
import sys
from time import monotonic

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.home import Home, read_secret
from kiosk.hall.console.opening import open_board
from kiosk.hall.console.remote_board import RemoteBoard
from kiosk.hall.hub.site import CERTIFICATE, TOKEN
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store, open_hall
from kiosk.rehearsal.stage import Stage, carried
from kiosk.sealing.address import sign_address

HOST = "127.0.0.1"
PATIENCE = 60.0


class HubMachine:
    """The hub of a home; used from one thread."""

    def __init__(self, stage: Stage, clock: Clock) -> None:
        self._stage = stage
        self._home: Home = stage.home
        self._clock = clock
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def is_up(self) -> bool:
        """Whether its process runs."""
        return self._process is not None

    def start(self) -> float:
        """Start the hub; return when seats can come. It takes the port it had before, as a fixed address does."""
        argv = [sys.executable, "-m", "kiosk", "hall", "serve", "--host", HOST, "--port", str(self.port), "--json"]
        log = (self._home.hall.folder / "hub.err").open("ab")
        with log:
            self._process = subprocess.Popen(
                [*argv, "--home", str(self._home.folder)], stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise KioskError(f"The hub did not start: {(self._home.hall.folder / 'hub.err').read_text()[-300:]}")
        self.port = int(json.loads(line)["urls"][0].rpartition(":")[2])
        return monotonic()

    def kill(self) -> float:
        """Cut the hub's power; return when."""
        assert self._process is not None
        at = monotonic()
        self._process.kill()
        self._process.communicate()
        self._process = None
        return at

    def stop(self) -> None:
        """End the hub in good order."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=PATIENCE)
            self._process = None

    def replace(self) -> float:
        """Make another machine the hub of this hall, from the key folder, the package and the release; start it.

        Nothing else of the old machine is there. Returns when seats can come.
        """
        place, pin = self._home.hall, self._stage.pins.first
        shutil.move(place.folder, place.folder.with_name("hall.lost"))
        place.make()
        shutil.copytree(place.folder.with_name("hall.lost") / "keys", place.keys, dirs_exist_ok=True)
        (place.keys / "store.key").unlink(missing_ok=True)
        store = hall_store(place)
        load_package(store, hall_keys(place), carried(self._home) / "package-1", parse_iso(self._clock.now().at))
        store.close()
        hall = open_hall(place, self._clock)
        central, actor = self._stage.central, self._stage.actor("test.export_package")
        hall.release_by_token(central.releases.give(actor, self._stage.paper.test_id, hall.name), pin)
        for session in hall.sessions():
            hall.open_session_by_pin(session.session_id, pin)
        hall.close()
        return self.start()

    def address(self, port: int) -> bytes:
        """Return the address file a technician carries to a seat that reaches the hub by a port of its own."""
        keys, place = hall_keys(self._home.hall), self._home.hall
        certificate = DoorCertificate.own(place.keys, CERTIFICATE)
        token = read_secret(place.keys / TOKEN).decode("ascii")
        url, at = f"wss://{HOST}:{port}", parse_iso(self._clock.now().at)
        file = sign_address([url], certificate.pem(), token, keys.signing, keys.chain, keys.root, at)
        return file.model_dump_json().encode("utf-8")

    def board(self) -> RemoteBoard:
        """Return a console's board, which looks for the hub by itself."""
        return open_board(self._home.hall)
