"""What access puts on the home page beside one's own cases: what is live on an approver's tenants, what waits for a reviewer."""

from typing import Any

from django.db.models import Count
from django.urls import reverse

from accounts.models import Person
from grants.campaigns.listing import lines_waiting
from grants.matching.listing import open_findings
from grants.models import CampaignItem, Delivery, Grant, Outbox
from grants.queries.glass import debts
from grants.queries.pages import grant_lines
from grants.reach import tenants_decided
from grants.unusual.listing import flags_to_look_at, open_flags
from opsconsole.lib.clock import database_now
from opsconsole.lib.home import HomeItem, HomeList

SHOWN = 5  # lines of a list


def access_lists(*, person: Person, powers: Any) -> list[HomeList]:
    """Return the lists of approvers, reviewers and administrators."""
    lists = []
    if "decide" in powers.may:
        lists.append(_live(person, powers))
    if "review" in powers.may:
        lists += [_reviews(), _flags(person)]
    if "manage_people" in powers.may:
        lists += [_asked(person), _messages()]
    return lists


def _live(person: Person, powers: Any) -> HomeList:
    now = database_now()
    live = Grant.objects.exclude(person=person).live_at(now)
    if powers.reach != "all" or powers.decides_for != "reach":
        live = live.filter(tenant__in=tenants_decided(person, powers))
    rows = live.select_related("tenant", "case", "person").prefetch_related("scopes").order_by("expires_at")
    items = [
        HomeItem(
            f"{line.grant.person} · {line.grant.tenant.name}",
            line.grant.get_absolute_url(),
            f"{', '.join(scope.sentence for scope in line.scopes)} · {line.grant.case.ticket}",
            until=line.until,
        )
        for line in grant_lines(rows[:SHOWN], now)
        if line.scopes
    ]
    return HomeList(
        "live",
        "Live on your customers",
        "clock",
        tuple(items),
        count=live.count() if len(items) == SHOWN else len(items),
        empty_title="Nobody is inside right now",
        empty_text="Access that is live on customers you decide for stands here, the one that ends first on top. You can end it at once.",
        aside=True,
    )


def _reviews() -> HomeList:
    page = reverse("desk:reviews")
    waiting = (
        (
            "Approvals and their use",
            "use",
            open_findings(),
            "What was approved is held against what was done.",
        ),
        ("Unusual use", "unusual", open_flags().count(), "Rules of the policy over the sealed log."),
        ("Emergency starts", "break-glass", debts(), "Each owes a review by a second person."),
        (
            "Standing access",
            "standing",
            lines_waiting(),
            "Roles and rights in an access review: keep, reduce or end.",
        ),
    )
    items = [
        HomeItem(title, f"{page}#{key}", note, f"{number} wait" if number != 1 else "1 waits", "notice")
        for title, key, number, note in waiting
        if number
    ]
    return HomeList(
        "reviews",
        "Waits for a review",
        "reviews",
        tuple(items),
        count=sum(number for _title, _key, number, _note in waiting),
        url=page,
        url_words="All reviews",
        empty_title="Nothing waits for a review",
        empty_text="What does not fit, stands out or was an emergency comes here with its numbers, and leaves with a word and a name.",
    )


def _asked(person: Person) -> HomeList:
    """Return the access reviews in which somebody who manages people is asked."""
    waiting = CampaignItem.objects.filter(reviewer=person, decision="", campaign__closed_at=None)
    rows = waiting.values("campaign", "campaign__title", "campaign__due_at").annotate(number=Count("pk"))
    items = [
        HomeItem(
            row["campaign__title"],
            reverse("grants:campaign", args=[row["campaign"]]),
            "Keep, reduce or end each line that nobody else can be asked about.",
            f"{row['number']} for you",
            "notice",
            row["campaign__due_at"],
        )
        for row in rows.order_by("campaign__due_at")[:SHOWN]
    ]
    return HomeList(
        "asked",
        "Access reviews",
        "reviews",
        tuple(items),
        count=len(items),
        url=reverse("grants:campaigns"),
        url_words="All access reviews",
        empty_title="You are asked about nothing",
        empty_text="Reviewers look at every role and right in time. What none of them may answer, because they hold it, comes to you.",
    )


def _flags(person: Person) -> HomeList:
    found = flags_to_look_at(person.pk)
    items = [
        HomeItem(
            f"{flag.row.person} · {flag.title}",
            flag.row.get_absolute_url(),
            flag.row.words,
            "Handed on" if flag.escalated else "",
            "bad",
            flag.row.found_at,
        )
        for flag in found[:SHOWN]
    ]
    return HomeList(
        "flags",
        "Flags of unusual use",
        "notice",
        tuple(items),
        count=len(found),
        url=f"{reverse('desk:reviews')}#unusual",
        url_words="All flags",
        empty_title="Nothing unusual",
        empty_text="The rules are in the policy’s unusual.toml, in words and numbers that you can read and propose to change.",
        aside=True,
    )


def _messages() -> HomeList:
    given_up = Delivery.objects.filter(dead_at__isnull=False).count()
    given_up += Outbox.objects.filter(dead_at__isnull=False).count()
    items = [
        HomeItem(
            "Messages that reached nobody",
            reverse("grants:deliveries"),
            "Each can be sent again.",
            str(given_up),
            "bad",
        )
    ]
    return HomeList(
        "health",
        "Health",
        "out",
        tuple(items) if given_up else (),
        count=given_up,
        url=reverse("grants:deliveries"),
        url_words="Ways out of the console",
        empty_title="Everything was delivered",
        empty_text="Mails and calls that were given up stand here. What the programs answer to a probe is at /readyz.",
        aside=True,
    )
