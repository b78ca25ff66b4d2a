from django.http import HttpRequest

from accounts.factors.half import Half
from accounts.models import Person


class StaffRequest(HttpRequest):
    """A request that passed a door, so that `user` is a signed-in person."""

    user: Person


class HalfRequest(HttpRequest):
    """A request between password and second factor, so that `half` says whose."""

    half: Half
