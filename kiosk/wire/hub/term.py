"""What both sides of a hub's line hold to: its version, paths, limits, times and the shape of small things."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire import line

PROTOCOL: Literal["exam-kiosk.hub.v1"] = "exam-kiosk.hub.v1"
"""Also the WebSocket's subprotocol; another version is another name."""
SEAT_PATH, CONSOLE_PATH, ENROL_PATH = "/v1/seat", "/v1/console", "/v1/enrol"
LARGEST_FROM_SEAT = 2 * 2**20
"""Bytes of one message from a seat."""
LARGEST_TO_SEAT = line.LARGEST_ANSWER + 65_536
PART = 512 * 2**10
"""Bytes of one part of a blob or a bundle, before base64."""
MOST_ENTRIES = 500
"""Entries of one frame."""
LARGEST_ENTRY = 600_000
"""Characters of one entry: an essay of 100,000 characters, each at most six in JSON."""
MOST_GAPS = 50
"""Gaps a seat tells of."""
BEAT_SECONDS = 2.0
"""How often a seat tells how it is."""
LOST_SECONDS = 10.0
"""After so long without a word a seat is lost."""
Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Epoch = Annotated[int, Field(ge=1, le=99_999)]
Seq = Annotated[int, Field(ge=-1, le=2**53 - 1)]
EntryText = Annotated[str, Field(min_length=2, max_length=LARGEST_ENTRY)]
"""The canonical text of one entry, as its hash was taken of it."""
PartText = Annotated[str, Field(max_length=PART * 4 // 3 + 8)]
"""base64."""
Words = Annotated[str, Field(max_length=2_000)]
Number = Annotated[int, Field(ge=0, le=100_000)]
