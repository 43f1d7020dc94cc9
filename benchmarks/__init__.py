"""What is fast, against what: each module measures beside a named floor in the same run and prints its ratio."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))  # the terminal is the tests' own
