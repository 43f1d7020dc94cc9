"""A hall's upload in a process of its own, which tells how much memory it and the door take on the way.

`python uploading_hall.py FOLDER CONNECTION ROOT DOOR_PID LEAK` prints one line of JSON; LEAK is how many bytes the
control forgets to let go of with every bundle.
"""

import json
import os
import sys
import time
from pathlib import Path

from kiosk.hall.central import CentralDoor
from kiosk.hall.connection import open_client, parse_connection
from kiosk.hall.shelf import FolderShelf
from kiosk.hall.upload import Upload

SAMPLES = 50
AT_ONCE = 1_000


def memory(pid: int) -> int:
    """Return how many bytes of memory a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Upload a folder, then ask for all of it once more."""
    folder, connection, root, pid, leak = sys.argv[1:]
    samples: list[tuple[int, int, int]] = []
    lost: list[bytes] = []

    def told(done: int, whole: int) -> None:
        lost.append(b"x" * int(leak))
        if done % max(1, whole // SAMPLES) == 0:
            samples.append((done, memory(os.getpid()), memory(int(pid))))

    with open_client(parse_connection(Path(connection).read_bytes())) as client:
        shelf, central = FolderShelf(Path(folder), root), CentralDoor(client)
        ids = list(shelf.waiting())
        begun = time.monotonic()
        done = Upload(shelf, central, told).run()
        taken = time.monotonic() - begun
        begun = time.monotonic()
        batches = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
        known = sum(h.receipt is not None for batch in batches for h in central.have(batch))
        asked = time.monotonic() - begun
    told_at_last = {"received": len(done.received), "left": done.left, "declined": done.declined}
    print(json.dumps({**told_at_last, "samples": samples, "seconds": taken, "known": known, "asked": asked}))


if __name__ == "__main__":
    main()
