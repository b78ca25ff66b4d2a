"""By which ways a message leaves the console, as the policy's `notify.toml` says."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Person, RoleMembership
from grants.delivery.channels import is_connected
from grants.models import Delivery
from grants.notify_rules import Rule, notify_rules_in_force


@dataclass(frozen=True)
class Way:
    """One delivery to make: a mailbox has a person, a webhook has none."""

    channel: str
    person_id: UUID | None = None


def ways_out(kind: str, people: set[UUID]) -> list[Way]:
    """Return where a message goes besides the inboxes of `people`. Nobody concerned means that nothing leaves the console."""
    policy = notify_rules_in_force()
    found: set[Way] = set()
    for rule in policy.rules:
        if rule.covers(kind):
            concerned = _who(rule, people)
            found |= {Way(Delivery.EMAIL, person_id) for person_id in concerned if rule.email}
            hooks = [policy.webhooks[name] for name in rule.webhooks] if concerned else []
            found |= {Way(hook.channel) for hook in hooks if is_connected(hook)}
    mailboxes = {way.person_id for way in found if way.person_id}
    reachable = set(Person.objects.filter(pk__in=mailboxes).exclude(email="").values_list("pk", flat=True))
    return sorted(
        (way for way in found if way.person_id is None or way.person_id in reachable),
        key=lambda way: (way.channel, str(way.person_id)),
    )


def _who(rule: Rule, people: set[UUID]) -> set[UUID]:
    if not rule.roles:
        return people
    held = RoleMembership.objects.filter(person_id__in=people, role__in=rule.roles)
    return set(held.values_list("person_id", flat=True))
