import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from guardian.models import UserObjectPermission

from audit.refs import Ref


class ClockTimestamp(Func):
    """The database's wall clock at the moment a row is looked at (design.md, law 1)."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class StandingRightQuerySet(models.QuerySet["StandingRight"]):
    def standing(self) -> "StandingRightQuerySet":
        """Those that nobody has ended, those whose own end has passed included; with what a page tells of them."""
        return self.filter(ended_at=None).select_related("permission__content_type", "person")

    def live(self) -> "StandingRightQuerySet":
        """Those that give something right now: guardian's row stands, and their end, if they have one, is still to come."""
        kept = UserObjectPermission.objects.filter(
            user_id=OuterRef("person_id"),
            permission_id=OuterRef("permission_id"),
            object_pk=OuterRef("object_key"),
        )
        within = Q(ends_at=None) | Q(ends_at__gt=ClockTimestamp())
        return self.filter(within, Exists(kept), ended_at=None)


class StandingRight(models.Model):
    """The terms on which somebody holds a right on one object: owner, reason, review date, end. Django-guardian keeps that they hold it.

    A trigger keeps guardian's row and the open row here in step; an ended row never changes again. `object_key` is guardian's key of
    the object, `object_label` its name when the right was given. `owner` answers for the right and need not have an account.
    """

    class Kind(models.TextChoices):
        STANDING = "standing", "Standing"
        EXCEPTION = "exception", "Exception"

    class Cause(models.TextChoices):
        TAKEN = "taken", "Taken"
        OVER = "over", "Its time was over"
        LEFT = "left", "The person left"
        HANDED_ON = "handed_on", "Handed on"
        ROLE = "role", "The role no longer uses it"
        REVIEW = "review", "Ended in a review"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="standing_rights")
    permission = models.ForeignKey("auth.Permission", models.PROTECT, related_name="+")
    object_key = models.CharField(max_length=255)
    object_label = models.CharField(max_length=400)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STANDING)
    owner = models.CharField(max_length=120)
    reason = models.TextField()
    since = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    review_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)

    objects = StandingRightQuerySet.as_manager()

    class Meta:
        ordering = ["object_label", "id"]
        indexes = [
            models.Index(
                fields=["object_key", "permission"],
                condition=Q(ended_at__isnull=True),
                name="accounts_right_by_object",
            ),
            models.Index(
                fields=["review_on"], condition=Q(ended_at__isnull=True), name="accounts_right_by_review"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "permission", "object_key"],
                condition=Q(ended_at__isnull=True),
                name="accounts_right_held_once",
            ),
            models.CheckConstraint(
                condition=~Q(owner="") & ~Q(reason="") & ~Q(object_label=""), name="accounts_right_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind="standing") | Q(kind="exception", ends_at__isnull=False),
                name="accounts_right_exception_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("since")), name="accounts_right_window"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_cause="", ended_by__isnull=True)
                | (Q(ended_at__isnull=False) & ~Q(end_cause="")),
                name="accounts_right_ended_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.object_label

    def as_ref(self) -> Ref:
        """Return the right as the object of an event."""
        return Ref("right", str(self.pk), self.object_label)
