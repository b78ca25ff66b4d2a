"""Sessions in this product, and what happened in them until the console has it."""

from typing import ClassVar

from django.db import models


class ProductSession(models.Model):
    """One support session of the console in this product. The cookie's value is random and not kept: only its SHA-256 is."""

    key_hash = models.CharField(max_length=64, unique=True)
    sid = models.CharField(max_length=64, unique=True)
    jti = models.CharField(max_length=128)
    subject_id = models.CharField(max_length=255)
    agent_label = models.CharField(max_length=200)
    act_sub = models.CharField(max_length=255)
    org = models.CharField(max_length=255, blank=True)
    org_label = models.CharField(max_length=255, blank=True)
    mode = models.CharField(max_length=10, default="view")
    scopes = models.JSONField(default=list)
    deny = models.JSONField(default=list)
    may = models.JSONField(default=list)
    grant_id = models.CharField(max_length=64, blank=True)
    ticket = models.CharField(max_length=64, blank=True)
    approver = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=40, blank=True)
    last_checked_at = models.DateTimeField(null=True)
    last_answer_at = models.DateTimeField(null=True)
    area = models.CharField(max_length=80, blank=True)
    scratch = models.JSONField(default=dict)
    shown = models.PositiveIntegerField(default=0)
    unshown = models.JSONField(default=dict)
    sequence = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["ProductSession"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.agent_label} as {self.subject_id} ({self.sid})"


class OutboxEvent(models.Model):
    """One thing that happened in a session, to be handed to the console; `seq` has no gaps."""

    session = models.ForeignKey(ProductSession, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    payload = models.JSONField()
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["OutboxEvent"]] = models.Manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "seq"), name="support_session_seq_once"),)
        ordering = ("session", "seq")

    def __str__(self) -> str:
        return f"{self.session.sid}/{self.seq}"


class BoundObject(models.Model):
    """Something made in a session that ends with it: a token, an export."""

    session = models.ForeignKey(ProductSession, on_delete=models.PROTECT, related_name="bound")
    model = models.CharField(max_length=120)
    object_id = models.CharField(max_length=255)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["BoundObject"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class HeardCall(models.Model):
    """The id of a signed call of the console that was taken; kept until the call would be too old anyway."""

    token_id = models.CharField(max_length=300, primary_key=True)
    until = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["HeardCall"]] = models.Manager()

    def __str__(self) -> str:
        return self.token_id


class KeptAnswer(models.Model):
    """The one outcome of a run that the console asked for under a key: the same call gets it again, and nothing happens twice."""

    key = models.CharField(max_length=64, primary_key=True)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager["KeptAnswer"]] = models.Manager()

    def __str__(self) -> str:
        return self.key
