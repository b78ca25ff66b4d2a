"""What each kind of message says: tenant and ticket, and never a name of a person, a reason or a value."""

from uuid import UUID

from grants.models import Grant, Outbox

Kind = Outbox.Kind

SENTENCES: dict[str, str] = {
    Kind.ASKED: "A request for access to {tenant} waits for your decision ({ticket}).",
    Kind.PART_APPROVED: "A request for access to {tenant} waits for a further approval ({ticket}).",
    Kind.ANSWERED: "A question on access to {tenant} was answered; the request waits for your decision ({ticket}).",
    Kind.WAITING: "A request for access to {tenant} still waits for your decision ({ticket}).",
    Kind.LAPSES_SOON: "A request for access to {tenant} lapses soon and is still open ({ticket}).",
    Kind.APPROVED: "Access to {tenant} was approved ({ticket}).",
    Kind.AUTO_APPROVED: "Access to {tenant} was approved by the policy itself ({ticket}).",
    Kind.DENIED: "The request for access to {tenant} was denied ({ticket}).",
    Kind.WITHDRAWN: "The request for access to {tenant} was taken back ({ticket}).",
    Kind.LAPSED: "Nobody decided in time on the request for access to {tenant} ({ticket}).",
    Kind.ASKED_BACK: "Your request for access to {tenant} came back with a question ({ticket}).",
    Kind.EXTENDED: "More time on access to {tenant} was approved ({ticket}).",
    Kind.HANDED_OVER: "Access to {tenant} was handed over ({ticket}).",
    Kind.STARTED: "Access to {tenant} has started ({ticket}).",
    Kind.ENDS_SOON: "Your access to {tenant} ends soon ({ticket}). Ask for more time, or write down what you found.",
    Kind.NARROWED: "A new policy narrowed the access to {tenant} ({ticket}).",
    Kind.UNFIT: "Access to {tenant} no longer fits what was approved and gives nothing ({ticket}). Somebody should look at it.",
    Kind.REVOKED: "Access to {tenant} was revoked ({ticket}).",
    Kind.ENDED: "Access to {tenant} has ended ({ticket}).",
    Kind.BROKE_GLASS: "Emergency access to {tenant} was started without an approval ({ticket}).",
    Kind.REVIEW_DUE: "Emergency access to {tenant} waits for a review by a second person ({ticket}).",
    Kind.REVIEWED: "The emergency access to {tenant} was reviewed ({ticket}).",
    Kind.CONSENT_ASKED: "{tenant} was asked whether they agree to access ({ticket}).",
    Kind.CONSENT_GIVEN: "{tenant} agreed to the access ({ticket}).",
    Kind.CONSENT_REFUSED: "{tenant} did not agree to the access ({ticket}).",
    Kind.CONSENT_SILENT: "{tenant} did not answer whether they agree to access ({ticket}).",
    Kind.CASE_RECEIVED: "The helpdesk opened a case for you on {tenant} ({ticket}).",
    Kind.CASE_PASSED_ON: "A case on {tenant} is yours from now on, because its owner left ({ticket}).",
    Kind.RIGHTS_PASSED_ON: "Standing rights of somebody who left are yours from now on.",
    Kind.PRODUCT_PROBLEM: "The same trouble came back at {tenant}: it waits for its owner ({ticket}).",
    Kind.POLICY_PROPOSED: "A new policy waits for somebody to put it in force.",
    Kind.POLICY_ACTIVATED: "A new policy is in force.",
    Kind.EVIDENCE_WAITS: "An evidence pack with personal values waits for your yes or no.",
    Kind.EVIDENCE_AGREED: "The evidence pack that you asked for was agreed to and is made now.",
    Kind.EVIDENCE_DENIED: "The evidence pack that you asked for was not agreed to.",
    Kind.EVIDENCE_LAPSED: "Nobody decided in time on the evidence pack that you asked for.",
    Kind.MONTH_DUE: "The time of a month of the log is over: it may be archived.",
    Kind.USE_FLAGGED: "A rule of the policy flagged the use of an access. Somebody who reviews should look at it.",
    Kind.USE_ESCALATED: "A reviewer handed a flag on the use of an access on to you.",
    Kind.USE_QUESTIONED: "A customer asks about a support session. Somebody who had no part in it should look and answer.",
    Kind.REVIEWS_WAIT: "Standing access waits for your review: keep, reduce or end.",
    Kind.REVIEWS_LATE: "A review of standing access is late. What nobody looks at ends where the policy says so.",
    Kind.NEW_DEVICE: "Somebody signed in as you from a browser not seen before. If that was not you, sign it out there.",
}

FOR_THE_HOLDER: dict[str, str] = {
    Kind.STARTED: "Your access to {tenant} has started ({ticket}).",
    Kind.ENDED: "Your access to {tenant} has ended ({ticket}).",
    Kind.REVOKED: "Your access to {tenant} was revoked ({ticket}).",
    Kind.NARROWED: "A new policy narrowed your access to {tenant} ({ticket}).",
}

BY_CAUSE: dict[str, str] = {
    Grant.Cause.REVOKED: " was revoked (",
    Grant.Cause.CLOSED: " has ended with its case (",
    Grant.Cause.OFF_BOARDED: " has ended because the person leaves (",
    Grant.Cause.SUSPENDED: " has ended because the tenant is suspended (",
    Grant.Cause.POLICY: " has ended because the policy changed (",
}
"""How the end is told where it was not the clock's."""


def sentence_for(row: Outbox, person_id: UUID | None = None) -> str:
    """Return one line of plain text for a receiver, or for a channel where no person is given."""
    held = row.grant is not None and row.grant.person_id == person_id
    text = (FOR_THE_HOLDER.get(row.kind) if held else None) or SENTENCES[row.kind]
    if row.kind == Kind.EXTENDED or (row.kind == Kind.APPROVED and row.request and row.request.extends_id):
        text = SENTENCES[Kind.EXTENDED]
    if row.kind == Kind.ENDED and row.grant and row.grant.end_cause in BY_CAUSE:
        text = text.replace(" has ended (", BY_CAUSE[row.grant.end_cause])
    case = row.case
    filled = text.format(tenant=case.tenant.name if case else "", ticket=case.ticket if case else "")
    return " ".join(filled.split())


def path_of(row: Outbox) -> str:
    """Return the path of the page a message leads to; it asks for sign-in and for the right to see it."""
    target = row.grant or row.request or row.case
    return row.path or (target.get_absolute_url() if target else "/inbox/")
