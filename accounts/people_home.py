"""What people put on the home page of those who manage them."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import Person, RoleMembership, StandingRight
from accounts.queries import roles_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.home import HomeItem, HomeList

SOON = timedelta(days=30)


def people_lists(*, person: Person, powers: Any) -> list[HomeList]:
    """Return the numbers of people, and the rights whose review or end comes soon, for those who manage people."""
    if "manage_people" not in powers.may:
        return []
    return [_people(), _rights()]


def _people() -> HomeList:
    url = reverse("people:people")
    known = list(roles_in_force().roles)
    counted = Person.objects.filter(is_active=True).aggregate(
        active=Count("pk", distinct=True),
        without=Count(
            "pk",
            filter=~Q(pk__in=RoleMembership.objects.filter(role__in=known).values("person")),
            distinct=True,
        ),
    )
    left = Person.objects.filter(is_active=False).count()
    lately = RoleMembership.objects.filter(since__gte=database_now() - SOON).count()
    items = [
        HomeItem(
            "People who can sign in",
            url,
            chip=str(counted["active"]),
            note=f"{left} have left" if left else "",
        ),
        HomeItem(
            "Roles given in the last 30 days",
            chip=str(lately),
        ),
    ]
    if counted["without"]:
        items.append(
            HomeItem(
                "Without any role",
                url,
                "They can sign in and see nothing.",
                str(counted["without"]),
                "notice",
            )
        )
    return HomeList("people", "People", "people", tuple(items), url=url, url_words="All people")


def _rights() -> HomeList:
    soon = database_now() + SOON
    due = StandingRight.objects.standing().filter(Q(review_on__lte=soon.date()) | Q(ends_at__lte=soon))
    items = [
        HomeItem(
            f"{row.person} on {row.object_label}",
            reverse("people:right", args=[row.pk]),
            f"{row.owner} answers for it",
            chip="Ends" if row.ends_at and row.ends_at <= soon else "Review due",
            tone="notice",
            at=row.ends_at if row.ends_at and row.ends_at <= soon else None,
        )
        for row in due.order_by("review_on")[:5]
    ]
    return HomeList(
        "rights",
        "Standing rights",
        "lock",
        tuple(items),
        count=due.count() if items else 0,
        empty_title="No right is due",
        empty_text="Each has an owner, a reason and a date on which it is looked at again. Those of the next 30 days stand here.",
    )
