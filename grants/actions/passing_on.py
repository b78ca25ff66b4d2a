"""What waits for the word of somebody who leaves waits for others from then on."""

from collections import defaultdict

from accounts.models import Person
from audit.actions import record
from audit.refs import SYSTEM
from grants.campaigns.gathering import reviewers_for
from grants.models import CampaignItem


def pass_reviews_on(*, person: Person, actor: Person | None, reason: str) -> list[str]:
    """Ask others for each line of an access review that waits for a person who leaves; return a sentence a review. An ender."""
    del reason  # it stands in the event of the off-boarding
    rows = CampaignItem.objects.select_for_update(of=("self",)).select_related("campaign").order_by("pk")
    waiting = list(rows.filter(reviewer=person, decision="", campaign__closed_at=None))
    asked = reviewers_for([item.person_id for item in waiting], None) if waiting else {}
    passed: dict[str, list[CampaignItem]] = defaultdict(list)
    for item in waiting:
        if item.person_id not in asked:
            continue  # nobody else can be asked; whoever reviews may answer all the same
        item.reviewer = asked[item.person_id]
        item.save(update_fields=["reviewer"])
        passed[str(item.campaign_id)].append(item)
    for items in passed.values():
        names = sorted({str(item.reviewer) for item in items})
        record(
            "access_review.passed_on",
            actor=actor.as_actor() if actor else SYSTEM,
            obj=items[0].campaign.as_ref(),
            subject=person.as_ref(),
            lines=len(items),
            to=names,
        )
    return [
        f"{len(items)} lines of the access review “{items[0].campaign}” wait for others."
        for items in passed.values()
    ]
