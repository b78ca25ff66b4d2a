"""What the log puts on the home page of those who review it, and the policy on that of those who change it."""

from typing import Any

from django.urls import reverse

from audit.integrity import findings
from audit.models import PolicyVersion
from opsconsole.lib.home import HomeItem, HomeList

WORDS = {"good": "Holds", "notice": "Look", "bad": "Broken"}


def log_lists(*, person: Any, powers: Any) -> list[HomeList]:
    """Return how the log stands for reviewers, and the policies that wait for those who may put one in force."""
    lists = []
    if "review" in powers.may:
        lists.append(_integrity())
    if powers.may & {"propose_policy", "activate_policy"}:
        lists.append(_policies(person))
    return lists


def _integrity() -> HomeList:
    found = findings()
    wrong = [one for one in found if one.tone != "good"]
    shown = wrong or found[:1]
    return HomeList(
        "integrity",
        "The log",
        "audit",
        tuple(
            HomeItem(
                one.title, note=one.sentence, chip=WORDS.get(one.tone, one.tone), tone=one.tone, at=one.at
            )
            for one in shown
        ),
        count=len(wrong),
        url=reverse("audit:integrity"),
        url_words="All of its checks",
        aside=True,
    )


def _policies(person: Any) -> HomeList:
    waiting = PolicyVersion.objects.filter(state=PolicyVersion.State.PROPOSED).order_by("proposed_at")
    own = str(person.pk)
    items = [
        HomeItem(
            f"Policy {row.version[:12]}",
            reverse("policy:version", args=[row.version]),
            "Yours, so somebody else puts it in force"
            if row.proposed_by_id == own
            else row.proposed_by_label,
            "Waits",
            "notice",
            row.proposed_at,
        )
        for row in waiting.only("version", "proposed_by_id", "proposed_by_label", "proposed_at")[:5]
    ]
    return HomeList(
        "policy",
        "Policy",
        "policy",
        tuple(items),
        count=len(items),
        url=reverse("policy:versions"),
        url_words="All versions",
        empty_title="No proposal waits",
        empty_text="The policy says who may do what. Whoever proposes a change cannot put it in force: it waits here for a second person.",
        aside=True,
    )
