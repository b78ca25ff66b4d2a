"""The verb on a message that was given up."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.refs import Ref, Trail
from grants.models import Channel, Delivery, Outbox
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Refused


class MayNotResend(Refused):
    code = "may_not_resend"


class NotGivenUp(Conflict):
    code = "not_given_up"


def retry_message(*, actor: Person, message_id: UUID) -> Delivery | Outbox:
    """Try a message again that was given up, from its first try, and return it.

    Raises `MayNotResend`, `Http404`, `NotGivenUp` where somebody else did it first.
    """
    with transaction.atomic(durable=True):
        if "manage_people" not in powers_of(actor, fresh=True).may:
            raise MayNotResend("Only an administrator sends messages again.", scope="manage_people")
        message = _lock(message_id)
        if message.dead_at is None:
            raise NotGivenUp("This message is on its way already.", state="waiting")
        _begin_anew(message, database_now())
        outbox = message.outbox if isinstance(message, Delivery) else message
        channel = message.channel if isinstance(message, Delivery) else "inboxes"
        record(
            "message.retried",
            actor=actor.as_actor(),
            obj=Ref("message", str(message.pk), str(outbox)),
            trail=outbox.case.trail() if outbox.case else Trail(),
            channel=channel,
        )
    return message


def _lock(message_id: UUID) -> Delivery | Outbox:
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("outbox__case")
    whole = Outbox.objects.select_for_update(of=("self",)).select_related("case")
    found = delivery.filter(pk=message_id).first() or whole.filter(pk=message_id).first()
    if found is None:
        raise Http404("No message.")
    return found


def _begin_anew(message: Delivery | Outbox, now: datetime) -> None:
    message.dead_at, message.attempts, message.next_try_at = None, 0, now
    message.save(update_fields=["dead_at", "attempts", "next_try_at"])
    if isinstance(message, Delivery):
        Channel.objects.filter(pk=message.channel).update(paused_until=None)
