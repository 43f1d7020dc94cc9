"""`kiosk bundle verify`: what anyone can verify of bundles and exports with the root's public key alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar
from kiosk.exam.error import Invalid, KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.sealing.bundle import Bundle
    from kiosk.sealing.stock import Stock

RootOption = Annotated[
    str | None,
    typer.Option("--root", help="The root's public key, as hex or in a file.", show_default="the one of this home"),
]


def read_root(given: str) -> str:
    """Return the root's public key as it was typed, or out of the file that was named; raises Invalid otherwise."""
    from kiosk.sealing.key import read_public

    path = Path(given)
    text = path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else given
    read_public(text)
    return text


def verify(
    paths: Annotated[list[Path], typer.Argument(help="Bundle files, or folders of an export.")],
    root: RootOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify bundles with the root's public key alone; nothing is decrypted. Exit 1 where one does not hold.

    Of a folder the signed index is verified too: what is missing, changed or was not exported is said by name.
    """
    key = _root(root, Home.at(home))
    files = [_file(path, key) for path in paths if not path.is_dir()]
    folders = [_folder(path, key) for path in paths if path.is_dir()]
    if as_json:
        put_json({"files": files, "folders": folders})
    else:
        for fact in files:
            put_text(_words(fact), err=not fact["ok"])
        for fact in folders:
            put_text(_folder_words(fact), err=not fact["ok"])
    if not all(fact["ok"] for fact in (*files, *folders)):
        raise typer.Exit(1)


def _file(path: Path, root: str) -> dict[str, Any]:
    from kiosk.sealing import frame
    from kiosk.sealing.bundle import verify as verify_bundle
    from kiosk.sealing.copy import read_file
    from kiosk.sealing.envelope import LARGEST_ENVELOPE
    from kiosk.sealing.index import PREFIX, SUFFIX, read_index

    try:
        if path.name.startswith(PREFIX) and path.name.endswith(SUFFIX):
            index = read_index(read_file(path, LARGEST_ENVELOPE), root)
            about = {"signedBy": index.document.seat or index.document.hall, "exportedAt": index.document.exported_at}
            named = [b.bundle_id for b in index.document.bundles]
            return {"file": str(path), "ok": True, "index": named, **about, "flags": list(index.flags)}
        return {"file": str(path), "ok": True, **_about(verify_bundle(read_file(path, frame.LARGEST), root))}
    except KioskError as error:
        return {"file": str(path), "ok": False, "problem": error.message}


def _folder(path: Path, root: str) -> dict[str, Any]:
    from kiosk.sealing.stock import take_stock

    with progress_bar(f"Verifying {path.name}") as told:
        stock = take_stock(path, root, told)
    return {
        "folder": str(path),
        "ok": stock.is_whole,
        "indices": [
            {"file": i.file_name, "signedBy": i.document.seat or i.document.hall, "exportedAt": i.document.exported_at}
            for i in stock.indices
        ],
        "bundles": [{"file": f.name, **_about(f.bundle)} for f in stock.bundles],
        "missing": list(stock.missing),
        "extra": list(stock.extra),
        "changed": [{"file": f.name, "problem": f.problem} for f in stock.changed],
        "withoutIndex": stock.without_index,
        "flags": _index_flags(stock),
    }


def _index_flags(stock: "Stock") -> list[str]:
    return sorted({flag for index in stock.indices for flag in index.flags})


def _root(given: str | None, home: Home) -> str:
    from kiosk.sealing.key import KeyFolder

    if given is not None:
        return read_root(given)
    for place in (home.office, home.hall, *(home.seat(s) for s in home.seats())):
        try:
            return KeyFolder(place.keys).public("root")
        except KioskError:
            continue
    raise Invalid("No root key is known here. Give it with --root.")


def _about(bundle: "Bundle") -> dict[str, Any]:
    manifest = bundle.manifest
    return {
        "bundle": bundle.bundle_id,
        "submission": manifest.submission_id,
        "hall": manifest.hall,
        "seat": manifest.seat,
        "entries": manifest.entries,
        "receipt": manifest.handed_in.receipt if manifest.handed_in else None,
        "answered": manifest.handed_in.answered if manifest.handed_in else None,
        "sealedAt": manifest.sealed_at,
        "reason": manifest.reason,
        "flags": list(bundle.flags),
    }


def _words(fact: dict[str, Any]) -> str:
    if not fact["ok"]:
        return f"{fact['file']}: does not verify: {fact['problem']}"
    flags = "".join(f"\n  look at: {flag}" for flag in fact["flags"])
    if "index" in fact:
        return f"{fact['file']}: verified. An index of {len(fact['index'])}, signed by {fact['signedBy']}.{flags}"
    return (
        f"{fact['file']}: verified. Sitting {fact['submission']}, {fact['hall']}, seat {fact['seat']}, "
        f"{fact['entries']} entries, receipt {fact['receipt'] or 'none'}.{flags}"
    )


def _folder_words(fact: dict[str, Any]) -> str:
    signers = sorted({i["signedBy"] for i in fact["indices"]})
    lines = [
        f"{fact['folder']}: {'whole' if fact['ok'] else 'NOT whole'}. {len(fact['bundles'])} bundles verified"
        + (f", index signed by {', '.join(signers)}." if signers else ".")
    ]
    if fact["withoutIndex"]:
        lines.append("  no index that holds lies here: nobody can say whether a bundle is missing")
    lines += [f"  missing: {name}" for name in fact["missing"]]
    lines += [f"  not in any index: {name}" for name in fact["extra"]]
    lines += [f"  does not verify: {f['file']}: {f['problem']}" for f in fact["changed"]]
    lines += [f"  look at: {b['file']}: {flag}" for b in fact["bundles"] for flag in b["flags"]]
    return "\n".join([*lines, *(f"  look at: {flag}" for flag in fact["flags"])])
