"""Proposing a policy and putting it in force."""

from datetime import datetime

from django.db import transaction

from audit.actions.recording import record
from audit.models import PolicyVersion
from audit.policies import forget_active_policy
from audit.refs import Actor, Ref, Staff
from opsconsole.lib import bundle as bundles
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Refused
from opsconsole.lib.registry import policy_news
from opsconsole.lib.step_up import guard_step_up


class NotAllowedForPolicy(Refused):
    code = "policy_not_allowed"


class PolicyHasMistakes(Refused):
    code = "policy_has_mistakes"


class SamePersonTwice(Refused):
    code = "policy_same_person"


class PolicyNotProposed(Conflict):
    code = "policy_not_proposed"


def propose_policy(*, actor: Staff, bundle: bundles.Bundle) -> PolicyVersion:
    """Store a bundle as a proposal and return it; proposing the same bundle again returns the version that stands.

    Raises `NotAllowedForPolicy` without the right to propose, `PolicyHasMistakes` for a bundle that `policy check` does not pass.
    """
    if not actor.has_perm("console.propose_policy"):
        raise NotAllowedForPolicy("You may not propose a policy.", scope="propose_policy")
    guard_step_up(actor, "policy")
    return _store_proposal(actor.as_actor(), bundle)


def _store_proposal(who: Actor, bundle: bundles.Bundle) -> PolicyVersion:
    mistakes = bundles.check(bundle)
    if mistakes:
        raise PolicyHasMistakes(f"The policy has {len(mistakes)} mistakes. The first: {mistakes[0]}")
    with transaction.atomic(durable=True):
        version, made = PolicyVersion.objects.get_or_create(
            version=bundle.digest,
            defaults={
                "files": dict(bundle.files),
                "proposed_by_id": who.id,
                "proposed_by_label": who.label,
                "proposed_at": database_now(),
            },
        )
        if made or version.state == PolicyVersion.State.WITHDRAWN:
            _propose(version, who)
            record("policy.proposed", actor=who, obj=Ref("policy", version.version, str(version)))
            _tell("proposed", version.version, who, version.proposed_at)
    return version


def _propose(version: PolicyVersion, who: Actor) -> None:
    """Make a version the proposal of somebody; a proposal that was withdrawn with its proposer stands anew."""
    if version.state == PolicyVersion.State.WITHDRAWN:
        version.state, version.proposed_at = PolicyVersion.State.PROPOSED, database_now()
        version.proposed_by_id, version.proposed_by_label = who.id, who.label
        version.save(update_fields=["state", "proposed_at", "proposed_by_id", "proposed_by_label"])


def activate_policy(*, actor: Staff, version: str) -> PolicyVersion:
    """Put a proposed or earlier version in force and return it; roll-back is an activation of an earlier version.

    Raises `NotAllowedForPolicy`, `SamePersonTwice` where the proposer activates (NIST AC-5), `PolicyNotProposed` for a
    version that is active or unknown.
    """
    if not actor.has_perm("console.activate_policy"):
        raise NotAllowedForPolicy("You may not activate a policy.", scope="activate_policy")
    guard_step_up(actor, "policy")
    return _put_in_force(actor.as_actor(), version)


def _put_in_force(who: Actor, version: str) -> PolicyVersion:
    with transaction.atomic(durable=True):
        rows = {row.version: row for row in PolicyVersion.objects.select_for_update().order_by("version")}
        chosen = rows.get(version)
        if chosen is None or chosen.state in (PolicyVersion.State.ACTIVE, PolicyVersion.State.WITHDRAWN):
            raise PolicyNotProposed(
                "This version is not waiting for activation.", state=chosen.state if chosen else "unknown"
            )
        if chosen.proposed_by_id == who.id:
            raise SamePersonTwice("A policy is activated by somebody other than the person who proposed it.")
        PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).update(
            state=PolicyVersion.State.REPLACED
        )
        chosen.state = PolicyVersion.State.ACTIVE
        chosen.activated_by_id, chosen.activated_by_label = who.id, who.label
        chosen.activated_at = now = database_now()
        chosen.save(update_fields=["state", "activated_by_id", "activated_by_label", "activated_at"])
        forget_active_policy()
        record("policy.activated", actor=who, obj=Ref("policy", chosen.version, str(chosen)))
        _tell("activated", chosen.version, who, now)
    return chosen


def _tell(news: str, version: str, who: Actor, at: datetime) -> None:
    for hear in policy_news:
        hear(news=news, version=version, by=who.id, at=at)


def install_first_policy(*, proposer: Actor, activator: Actor, bundle: bundles.Bundle) -> PolicyVersion:
    """Put a bundle in force where the people's rights cannot be asked yet, because the policy that gives them is this one.

    For the owner role at installation, and for a demo whose bundle changed. Returns the active version. Raises `SamePersonTwice` and
    `PolicyHasMistakes` as the two verbs do.
    """
    version = _store_proposal(proposer, bundle)
    if version.state == PolicyVersion.State.ACTIVE:
        return version
    return _put_in_force(activator, version.version)
