import uuid

from django.db import models
from django.urls import reverse

from audit.refs import Ref

LONGEST_NAME = 80  # characters


class SavedView(models.Model):
    """A search of the log under a name: the filters as they stand in an address. `shared` shows it to every reviewer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.TextField()
    owner_label = models.TextField()
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.TextField()
    shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["owner_id", "name"], name="audit_savedview_by_owner")]
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "name"], name="audit_savedview_name_once"),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(query="") & ~models.Q(owner_id=""),
                name="audit_savedview_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the explorer with these filters."""
        return f"{reverse('audit:explorer')}?{self.query}"

    def as_ref(self) -> Ref:
        """Return the view as the object of an event."""
        return Ref("saved_view", str(self.pk), self.name)
