"""How fast question files are read: 1,000 GIFT questions and 1,000 native ones. `python -m benchmarks.questions`."""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figure import Figure, Promise, Table, tell
from kiosk.exchange.gift import read_gift
from kiosk.exchange.native import read_native
from kiosk.exchange.native_form import json_text, yaml_text
from kiosk.exchange.origin import Origin
from kiosk.exchange.report import Reading
from kiosk.exchange.source import Source, read_source
from kiosk.office.sample_exam import sample_test

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "gift"
ROUNDS = 15


def main() -> None:
    """Read real files again and again and tell the time for 1,000 of their questions."""
    gift = "\n\n".join(read_source(path).text for path in sorted(FOLDER.rglob("*.gift"))) + "\n\n"
    files: list[tuple[str, Callable[[Source, Origin], Reading], Source]] = [
        ("GIFT", read_gift, Source("bank.gift", gift * 20)),
        ("native, JSON", read_native, Source("exam.json", json_text(sample_test()))),
        ("native, YAML", read_native, Source("exam.yaml", yaml_text(sample_test()))),
    ]
    figures = [Figure(name, _rounds(read, source)) for name, read, source in files]
    tell(Table("1,000 questions read", figures, promise=Promise("GIFT", 0.5, 100)))


def _rounds(read: Callable[[Source, Origin], Reading], source: Source) -> tuple[float, ...]:
    values = []
    for _ in range(ROUNDS):
        began = time.process_time()
        reading = read(source, Origin.rehearsed())
        values.append((time.process_time() - began) * 1000 * 1000 / len(reading.items))
    return tuple(values)


if __name__ == "__main__":
    main()
