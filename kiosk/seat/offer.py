"""The offer: what a hall hands a seat to open a sitting, believed only once it is proved."""

from kiosk.exam.error import Denied
from kiosk.exam.page import Opening, SignedLease
from kiosk.exam.person import Person, Role
from kiosk.sealing.part import open_attachments, open_paper
from kiosk.seat.trust import Trust
from kiosk.views.authority import Admission, LeaseOffer


def lease_of(offer: LeaseOffer, trust: Trust, admission: Admission, assignment_id: str) -> SignedLease:
    """Return the lease of an offer; raises Tampered or Denied unless the hall signed it for just this."""
    signed = trust.lease(offer.envelope)
    if (signed.lease.assignment_id, signed.lease.candidate_id) != (assignment_id, admission.candidate.user_id):
        raise Denied("The hall's permission is for somebody else. Please ask the proctor.")
    return signed


def opening_of(offer: LeaseOffer, lease: SignedLease, admission: Admission) -> Opening:
    """Return what a new sitting begins with; raises Tampered when the paper is not the one the lease names.

    So it does where a file is not the one the paper names.
    """
    card = admission.candidate
    paper = open_paper(offer.paper_blob, offer.paper_identity, lease.lease.paper)
    return Opening(
        paper=paper,
        attachments=open_attachments(offer.attachments_blob, offer.paper_identity, paper),
        candidate=Person(user_id=card.user_id, role=Role.CANDIDATE, name=card.name, roll_number=card.roll_number),
        lease=lease,
    )
