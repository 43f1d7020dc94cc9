"""What publishing prints: papers and the versions of their keys, each kept as the bytes its digest is taken of."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kiosk.exam.error import Refused
from kiosk.exam.key import Key
from kiosk.exam.log import AuditEntry
from kiosk.exam.paper import Paper
from storage.models import office as rows
from storage.office.store import Store, add_rows, in_batches, write_audit

_NOTHING: Mapping[str, str] = MappingProxyType({})

KEYS = 32
"""Keys that need not be read again: a printed key never changes."""


class PaperStore(Store):
    """Keeps printed papers and keys; neither is ever changed."""

    def add(self, paper: Paper, key: Key, audit: AuditEntry, attachments: Mapping[str, str] = _NOTHING) -> None:
        """Keep what a test was printed into, and mark the test as published; raises Refused when it was already.

        `attachments` are the texts of the paper's files by their SHA-256.
        """
        with self._writing() as session:
            test = session.get(rows.Test, paper.test_id, with_for_update=True)
            if test is None or test.paper_digest is not None:
                raise Refused(f"The test {paper.test_id} is gone or has been published already.")
            printed = {
                "paper_digest": paper.digest,
                "test_id": paper.test_id,
                "body": paper.to_bytes().decode("utf-8"),
                "printed_at": audit.at,
                "printed_by": audit.who,
            }
            add_rows(session, rows.Paper, [printed])
            _add_key(session, key, audit.at, audit.who, None)
            _add_attachments(session, attachments, audit.at)
            published = {"paper_digest": paper.digest, "published_at": audit.at}
            session.execute(update(rows.Test).where(rows.Test.test_id == paper.test_id).values(published))
            write_audit(session, audit)

    def add_key(self, key: Key, reason: str, audit: AuditEntry) -> Key:
        """Keep a mended key as the next version for its paper, and return it so numbered."""
        with self._writing() as session:
            session.get(rows.Test, key.test_id, with_for_update=True)
            newest = _newest(session, [key.paper_digest])
            if key.paper_digest not in newest:
                raise Refused("There is no such paper here.")
            numbered = replace(key, version=newest[key.paper_digest].version + 1)
            _add_key(session, numbered, audit.at, audit.who, reason)
            write_audit(session, audit)
            return numbered

    def paper(self, digest: str) -> Paper:
        """Return a printed paper; raises Refused when there is none of that digest."""
        with self._reading() as session:
            row = session.get(rows.Paper, digest)
            if row is None:
                raise Refused(f"There is no paper {digest[:12]} here.")
            return Paper.from_document(json.loads(row.body))

    def attachments(self, digests: Iterable[str]) -> dict[str, str]:
        """Return the texts of attached files by their SHA-256, those that are kept here."""
        query = select(rows.Attachment.digest, rows.Attachment.body)
        found: dict[str, str] = {}
        with self._reading() as session:
            for batch in in_batches(list(digests)):
                held = session.execute(query.where(rows.Attachment.digest.in_(batch)))
                found |= {row.digest: row.body for row in held}
        return found

    def key(self, digest: str, version: int | None = None) -> Key:
        """Return a version of the key of a paper, the newest unless told; raises Refused when there is none."""
        with self._reading() as session:
            if version is None:
                found = newest_keys(session, [digest]).get(digest)
                if found is not None:
                    return found
            else:
                row = session.get(rows.AnswerKey, (digest, version))
                if row is not None:
                    return Key.from_document(json.loads(row.body))
            raise Refused(f"There is no such key for the paper {digest[:12]}.")

    def key_versions(self, digest: str) -> tuple[tuple[int, datetime, str, str | None], ...]:
        """Return every version of the key of a paper: its number, when and by whom it was made, and why."""
        query = (
            select(rows.AnswerKey.version, rows.AnswerKey.made_at, rows.AnswerKey.made_by, rows.AnswerKey.reason)
            .where(rows.AnswerKey.paper_digest == digest)
            .order_by(rows.AnswerKey.version)
        )
        with self._reading() as session:
            return tuple((v, at, by, why) for v, at, by, why in session.execute(query))


def newest_keys(session: Session, digests: Collection[str]) -> Mapping[str, Key]:
    """Return the key in force for each of some papers."""
    return {d: _key(row.body) for d, row in _newest(session, digests).items()}


@lru_cache(KEYS)
def _key(body: str) -> Key:
    return Key.from_document(json.loads(body))


def _newest(session: Session, digests: Collection[str]) -> Mapping[str, rows.AnswerKey]:
    newest = (
        select(rows.AnswerKey.paper_digest, func.max(rows.AnswerKey.version).label("version"))
        .where(rows.AnswerKey.paper_digest.in_(digests))
        .group_by(rows.AnswerKey.paper_digest)
        .subquery()
    )
    query = select(rows.AnswerKey).join(
        newest,
        (newest.c.paper_digest == rows.AnswerKey.paper_digest) & (newest.c.version == rows.AnswerKey.version),
    )
    return {row.paper_digest: row for row in session.scalars(query)}


def _add_attachments(session: Session, texts: Mapping[str, str], at: datetime) -> None:
    """Keep texts by their digests; one that another paper has brought already is the same."""
    known = select(rows.Attachment.digest).where(rows.Attachment.digest.in_(texts))
    held = set(session.scalars(known)) if texts else set()
    new = [{"digest": d, "body": text, "kept_at": at} for d, text in texts.items() if d not in held]
    add_rows(session, rows.Attachment, new)


def _add_key(session: Session, key: Key, at: datetime, who: str, reason: str | None) -> None:
    values = {
        "paper_digest": key.paper_digest,
        "version": key.version,
        "digest": key.digest,
        "body": key.to_bytes().decode("utf-8"),
        "made_at": at,
        "made_by": who,
        "reason": reason,
    }
    add_rows(session, rows.AnswerKey, [values])
