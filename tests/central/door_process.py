"""A door in a process of its own, with limits a test can wait for: `python door_process.py HOME LIMITS`.

Prints the address, then serves. LIMITS is JSON. Whatever files are opened by then are told on stderr.
"""

import json
import sys
from pathlib import Path

opened: list[str] = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)

from kiosk.central.door.limit import Limits  # noqa: E402 - what is opened while loading counts too
from kiosk.central.door.server import DoorServer  # noqa: E402
from kiosk.central.door.site import DoorSite  # noqa: E402
from kiosk.ground.home import Home  # noqa: E402


def main() -> None:
    """Open the door of a home, in plain HTTP on this machine alone."""
    place = Home(Path(sys.argv[1])).office
    site = DoorSite.of(place.store, place.store_key(), place.keys, Limits(**json.loads(sys.argv[2])))
    server = DoorServer(site=site, host="127.0.0.1", port=0, certificate=None)
    bound = server.bind()
    site.engine().dispose()
    site()
    print(json.dumps({"port": bound.getsockname()[1], "opened": opened}), flush=True)
    server.run(bound)


if __name__ == "__main__":
    main()
