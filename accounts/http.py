from django.http import HttpRequest

from accounts.models import Person


class StaffRequest(HttpRequest):
    """A request that passed a door, so that `user` is a signed-in person."""

    user: Person
