"""Access that was extended or handed over stays one access; whoever asked for it, held it or decided on it stays what they were."""

from uuid import UUID

from grants.models import AccessRequest, Grant


def chain_of(grant: Grant) -> list[UUID]:
    """Return the ids of the request a grant rests on and of every extension asked for since, whoever held it then."""
    further = AccessRequest.objects.filter(extends__request_id=grant.request_id).values_list("pk", flat=True)
    return [grant.request_id, *further]


def users_of(request: AccessRequest) -> set[UUID]:
    """Return who asked for, would use, or at any time held what a request is about."""
    people = {request.requester_id, request.person_id}
    if request.extends_id:
        first = AccessRequest.objects.get(grants=request.extends_id)
        held = Grant.objects.filter(request=first).values_list("person_id", flat=True)
        people |= {first.requester_id, first.person_id, *held}
    return people
