"""Pieces of large bundles on their way up: kept by digest until the bundle is whole, or nobody came back for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select

from kiosk.exam.error import Refused
from storage.central.once import add_once
from storage.models import office as rows
from storage.office.store import Store, in_batches


class ChunkStore(Store):
    """Keeps the pieces."""

    def keep(self, digest: str, content: bytes, hall: str, at: datetime, most: int) -> bool:
        """Keep a piece and return whether it was new; raises Refused where the hall has `most` pieces waiting."""
        chunk = rows.Chunk
        values = {"digest": digest, "content": content, "hall": hall, "received_at": at}
        with self._writing() as session:
            is_new = add_once(session, chunk, values)
            if is_new:
                count = session.scalar(select(func.count()).select_from(chunk).where(chunk.hall == hall)) or 0
                if count > most:
                    raise Refused(f"{hall} has {most} pieces of unfinished bundles here. Finish those first.")
            return is_new

    def missing(self, digests: Sequence[str]) -> tuple[str, ...]:
        """Return those of some pieces that are not here, each once, in the order asked."""
        with self._reading() as session:
            found: set[str] = set()
            for batch in in_batches(digests):
                found.update(session.scalars(select(rows.Chunk.digest).where(rows.Chunk.digest.in_(batch))))
        return tuple(d for d in dict.fromkeys(digests) if d not in found)

    def join(self, digests: Sequence[str]) -> bytes:
        """Return pieces joined in the order given; raises Refused when one went away meanwhile."""
        joined = bytearray()
        with self._reading() as session:
            for digest in digests:
                content = session.scalar(select(rows.Chunk.content).where(rows.Chunk.digest == digest))
                if content is None:
                    raise Refused("A piece went away while the bundle was put together. Send the list again.")
                joined += content
        return bytes(joined)

    def drop(self, digests: Sequence[str]) -> None:
        """Forget pieces whose bundle is whole."""
        with self._writing() as session:
            for batch in in_batches(sorted(set(digests))):
                session.execute(delete(rows.Chunk).where(rows.Chunk.digest.in_(batch)))

    def clean(self, before: datetime) -> int:
        """Forget the pieces that came before a moment and were never asked for; return how many."""
        with self._writing() as session:
            result = session.execute(delete(rows.Chunk).where(rows.Chunk.received_at < before))
            assert isinstance(result, CursorResult)
            return result.rowcount
