"""Publishing: a draft is printed into a paper and a key; a wrong key is mended by a new version of it."""

from collections.abc import Mapping
from pathlib import Path

from kiosk.exam.attachment import must_be_attached
from kiosk.exam.error import Refused
from kiosk.exam.key import Key
from kiosk.exam.paper import Paper
from kiosk.exam.press import print_test
from kiosk.exam.roles import Actor
from kiosk.office.attachment import attached_texts
from kiosk.office.office import Office


def publish(office: Office, actor: Actor, test_id: str, folder: Path | None = None) -> Paper:
    """Print a draft, for good, and return the paper. Raises Invalid, naming the place, for what cannot be sat.

    `folder` holds the files its attachments name: what a candidate may read is fixed with the paper.
    """
    office.check("test.approve_publish", actor)
    summary = office.drafts.summary(test_id)
    if summary.is_published:
        raise Refused(_words_for_published(office, test_id, summary.title))
    draft = office.drafts.load(test_id)
    print_test(draft)  # what the draft itself lacks is said first
    attached = attached_texts(draft, folder)
    paper, key = print_test(draft, files=[a.file for a in attached])
    audit = office.audit("test.approve_publish", actor, "tests", test_id, paper=paper.digest, key=key.digest)
    office.papers.add(paper, key, audit, {a.file.sha256: a.text for a in attached})
    return paper


def paper_of(office: Office, test_id: str) -> Paper:
    """Return the printed paper of a test; raises Refused for a draft."""
    summary = office.drafts.summary(test_id)
    if summary.paper_digest is None:
        raise Refused(f"{summary.title} is a draft. Publish it first: `kiosk exam publish {test_id}`.")
    return office.papers.paper(summary.paper_digest)


def attachments_of(office: Office, paper: Paper) -> Mapping[str, str]:
    """Return the texts of the files a paper names, by their SHA-256; raises Tampered where one is not as printed."""
    texts = office.papers.attachments(f.sha256 for f in paper.files)
    must_be_attached(paper, texts)
    return texts


def key_of(office: Office, test_id: str) -> Key:
    """Return the key in force of a test; raises Refused for a draft."""
    return office.papers.key(paper_of(office, test_id).digest)


def mend_key(office: Office, actor: Actor, key: Key, reason: str) -> Key:
    """Keep a mended key as the next version for its paper, and return it; the paper stays as it is.

    Raises Refused for a key that asks other questions than the paper, or when no reason is given.
    """
    office.check("question.change_key_after_exam", actor)
    if not reason.strip():
        raise Refused("A key is mended for a reason: say which.")
    paper = office.papers.paper(key.paper_digest)
    options = {q.question_id: sorted(o.option_id for o in q.options) for q in paper.questions.values()}
    if {q.question_id: sorted(q.option_ids) for q in key.questions} != options or key.test_id != paper.test_id:
        raise Refused("This key does not belong to that paper: its questions or options are others.")
    audit = office.audit("question.change_key_after_exam", actor, "papers", paper.digest, reason=reason)
    return office.papers.add_key(key, reason, audit)


def _words_for_published(office: Office, test_id: str, title: str) -> str:
    for test in office.drafts.summaries():
        if test.replaces_id == test_id and not test.is_published:
            return f"{title} is published already. Its next version is the draft {test.test_id}."
    return f"{title} is published already, and never changes."
