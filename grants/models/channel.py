from django.db import models


class Channel(models.Model):
    """How one way out of the console stands. One worker at a time uses it until `busy_until`; while it is down it is left alone.

    What waits for a channel that is down costs no tries, so that an outage loses nothing.
    """

    name = models.CharField(max_length=60, primary_key=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    down_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
