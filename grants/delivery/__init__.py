"""Delivers the outbox: a line in every inbox first, then e-mail and webhooks by the policy's `notify.toml`, each with its own tries."""

from grants.delivery.filling import deliver_outbox
from grants.delivery.pauses import MOST_ATTEMPTS
from grants.delivery.receivers import deciders_of
from grants.delivery.reminding import remind
from grants.delivery.sending import send_waiting
from grants.delivery.words import SENTENCES

__all__ = ["MOST_ATTEMPTS", "SENTENCES", "deciders_of", "deliver_outbox", "remind", "send_waiting"]
