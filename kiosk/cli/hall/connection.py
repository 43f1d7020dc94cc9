"""`kiosk hall connect`: how the hall finds central, and what lets it in."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home


def connect(
    file: Annotated[Path, typer.Argument(help="Connection file of `kiosk central token`.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the connection to central beside the hall's keys. A newer one takes the older one's place."""
    from kiosk.hall.connection import keep_connection, parse_connection
    from kiosk.sealing.copy import read_file
    from kiosk.wire.connection import LARGEST_CONNECTION

    connection = parse_connection(read_file(file, LARGEST_CONNECTION))
    kept = keep_connection(Home.at(home).hall, connection)
    facts = {
        "file": str(kept),
        "url": connection.url,
        "hall": connection.hall,
        "pinned": connection.certificate is not None,
    }
    if as_json:
        put_json(facts)
        return
    put_text(f"{connection.hall} is connected to {connection.url}. Remove {file} now: the token in it is a secret.")
