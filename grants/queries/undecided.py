"""Which waiting requests are still in the hands of staff."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from grants.models import AccessRequest, Approval, ConsentAnswer, ConsentAsk, Mode


def undecided(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return those of some requests that staff have still to decide, without those that wait for the customer alone."""
    this_round = {"request": OuterRef("pk"), "round": OuterRef("round")}
    given = Approval.objects.filter(**this_round, decision=Approval.Decision.APPROVE).order_by()
    count = Subquery(given.values("request").annotate(count=Count("pk")).values("count"))
    asked = Exists(ConsentAsk.objects.filter(**this_round, mode=Mode.MUST_APPROVE))
    answered = Exists(ConsentAnswer.objects.filter(**this_round))
    return requests.annotate(given=count).exclude(Q(given__gte=F("approvals_needed")) & asked & ~answered)
