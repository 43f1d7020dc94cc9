"""`kiosk central quarantine`: what did not verify, listed, looked at, given out, tried again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, put_json, put_text
from kiosk.cli.table import put_table
from kiosk.exam.error import Refused
from kiosk.exam.moment import iso
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.exam.arrival import Quarantined

app = typer.Typer(help="What did not verify, kept for a person to look at.", no_args_is_help=True)

DigestArgument = Annotated[str, typer.Argument(help="Its digest, or how that begins.")]


@app.callback()
def quarantine() -> None:
    """What did not verify, kept for a person to look at."""


@app.command("list")
def list_all(user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List what was set aside, in the order it came."""
    from kiosk.central.central import Central
    from kiosk.central.quarantine import LOOK

    with Central.open(Home.at(home).office) as central:
        found = central.quarantine.all(central.office.acting(LOOK, user))
    if as_json:
        put_json({"quarantine": [_document(q) for q in found]})
        return
    put_table(
        ("digest", "came", "bytes", "from", "why"),
        ((q.digest[:16], iso(q.received_at), f"{q.length:,}", q.source, q.reason) for q in found),
    )
    put_text(f"{len(found)} things in quarantine, {sum(q.length for q in found):,} bytes.")


@app.command()
def show(digest: DigestArgument, user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one thing: why it is here, and what it claims to be. Nothing it claims was found true."""
    from kiosk.central.central import Central
    from kiosk.central.quarantine import LOOK

    with Central.open(Home.at(home).office) as central:
        seen = central.quarantine.sight(central.office.acting(LOOK, user), digest)
    if as_json:
        put_json({**_document(seen.kept), "begins": seen.begins, "claims": seen.claims, "unread": seen.unread})
        return
    kept = seen.kept
    put_text(f"{kept.digest}\n{kept.length:,} bytes from {kept.source}, came {iso(kept.received_at)}")
    put_text(f"Set aside: {kept.reason}\nBegins: {seen.begins}")
    for name, value in seen.claims.items():
        put_text(f"Claims {name}: {value}")
    if seen.unread:
        put_text(f"No more of it can be read: {seen.unread}")


@app.command()
def export(
    digest: DigestArgument,
    to: Annotated[Path, typer.Option("--to", help="New file to write it to.")],
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the bytes of one thing to a new file, for somebody else to look at."""
    from kiosk.central.central import Central
    from kiosk.central.quarantine import HANDLE
    from kiosk.sealing.copy import write_copy

    if to.exists():
        raise Refused(f"{to} exists already. Name a new file.")
    with Central.open(Home.at(home).office) as central:
        whole, content = central.quarantine.content(central.office.acting(HANDLE, user), digest)
    write_copy(to.parent, to.name, content)
    facts = {"digest": whole, "file": str(to), "bytes": len(content)}
    put_json(facts) if as_json else put_text(f"{len(content):,} bytes written to {to}.")


@app.command()
def retry(digest: DigestArgument, user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take one thing in again; what verifies now leaves the quarantine. Exit 1 where it still does not."""
    from kiosk.central.central import Central
    from kiosk.central.quarantine import HANDLE

    with Central.open(Home.at(home).office) as central:
        taken = central.quarantine.retry(central.office.acting(HANDLE, user), digest)
    facts = {"outcome": taken.outcome.value, "digest": taken.digest, "reason": taken.reason}
    put_json(facts) if as_json else put_text(f"{taken.outcome.value}: {taken.reason or taken.digest}")
    if taken.is_refused:
        raise typer.Exit(1)


def _document(one: "Quarantined") -> dict[str, Any]:
    return {
        "digest": one.digest,
        "source": one.source,
        "reason": one.reason,
        "receivedAt": iso(one.received_at),
        "bytes": one.length,
    }
