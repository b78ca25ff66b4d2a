"""What the log holds in the name of somebody who leaves: ended within the verb that off-boards them."""

from typing import Protocol

from audit.actions.recording import record
from audit.evidence.actions.telling import tell_of
from audit.models import EvidencePack, PolicyVersion, SavedView
from audit.refs import SYSTEM, Actor, Ref, Staff
from opsconsole.lib.clock import database_now

GONE = "The person who asked for it has left."


class Leaver(Protocol):
    """The person who leaves."""

    def as_actor(self) -> Actor:
        """Return them as the actor of an event."""


def end_in_the_log(*, person: Leaver, actor: Staff | None, reason: str) -> list[str]:
    """Withdraw the proposals of a person, stop the evidence packs they wait for, remove their searches; return a sentence for each.

    Searches that they share with everybody stay. Registered as an ender.
    """
    whom, who = person.as_actor(), actor.as_actor() if actor else SYSTEM
    return [
        *_withdraw_proposals(whom, who, reason),
        *_stop_packs(whom, who),
        *_remove_views(whom, who),
    ]


def _withdraw_proposals(whom: Actor, who: Actor, reason: str) -> list[str]:
    rows = PolicyVersion.objects.select_for_update().filter(
        proposed_by_id=whom.id, state=PolicyVersion.State.PROPOSED
    )
    ended = []
    for row in rows:
        row.state = PolicyVersion.State.WITHDRAWN
        row.save(update_fields=["state"])
        subject = Ref("person", whom.id, whom.label)
        record(
            "policy.withdrawn",
            actor=who,
            obj=Ref("policy", row.version, str(row)),
            subject=subject,
            reason=reason,
        )
        ended.append(f"The policy proposal {row} was withdrawn.")
    return ended


def _stop_packs(whom: Actor, who: Actor) -> list[str]:
    states = EvidencePack.State
    open_states = [states.WAITING, states.MAKING]
    ended = []
    for pack in EvidencePack.objects.select_for_update().filter(asked_by_id=whom.id, state__in=open_states):
        if pack.state == states.WAITING:
            pack.state = states.LAPSED
        else:
            pack.state, pack.failure, pack.finished_at = states.FAILED, GONE, database_now()
        pack.save(update_fields=["state", "failure", "finished_at"])
        tell_of("evidence.stopped", pack, actor=who, asker=pack.asked_by_label)
        ended.append(f"The evidence pack about {pack} was stopped.")
    return ended


def _remove_views(whom: Actor, who: Actor) -> list[str]:
    rows = list(SavedView.objects.select_for_update().filter(owner_id=whom.id, shared=False))
    for row in rows:
        ref = row.as_ref()
        SavedView.objects.filter(pk=row.pk).delete()
        record("view.removed", actor=who, obj=ref)
    return [f"{len(rows)} kept searches of the log were removed."] if rows else []
