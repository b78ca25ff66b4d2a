"""What the product sells, switches and breaks: rows that belong to no single tenant."""

from dataclasses import dataclass
from datetime import timedelta

from demo.productdb.world import World


@dataclass(frozen=True)
class Plan:
    """A plan on the price list; the price is in minor units a month."""

    code: str
    name: str
    price_minor: int
    seats: int
    invites_per_day: int
    features: tuple[str, ...]


BASIC = ("invoices", "reminders")
TEAM = (*BASIC, "recurring_invoices", "api")
BUSINESS = (*TEAM, "sso", "approvals")

PLANS = {
    plan.code: plan
    for plan in (
        Plan("starter", "Starter", 1_900, 5, 50, BASIC),
        Plan("team", "Team", 7_900, 25, 200, TEAM),
        Plan("business", "Business", 24_900, 100, 500, BUSINESS),
        Plan("enterprise", "Enterprise", 89_000, 400, 2_000, (*BUSINESS, "audit_export")),
    )
}

FEATURES = {
    "invoices": "Writing invoices",
    "reminders": "Reminders",
    "recurring_invoices": "Recurring invoices",
    "api": "API",
    "sso": "Single sign-on",
    "approvals": "Approvals",
    "audit_export": "Export of the history",
}

SYNC_KINDS = {
    "plan_sync": ("Plan from billing to the app", 15),
    "bank_feed": ("Bank feed", 30),
    "accounting_export": ("Export to accounting", 60),
    "tax_rates": ("Tax rates", 20),
}

FLAGS = {
    "bulk_approve": ("Approve many at once", "Approve several invoices in one step", True),
    "new_editor": ("New invoice editor", "The editor with live totals", True),
    "pdf_v2": ("New PDF layout", "Invoices printed with the new layout", True),
    "smart_match": ("Payment matching", "Bank lines matched to invoices", False),
    "multi_entity": ("Several legal entities", "One account, several companies", False),
    "late_fees": ("Late fees", "Fees added to overdue invoices", False),
}


def add_catalogue(world: World) -> None:
    """Plans, kinds of sync, feature flags and the incidents of the last ninety days."""
    for plan in PLANS.values():
        world.add(
            "plans",
            code=plan.code,
            name=plan.name,
            price_minor=plan.price_minor,
            seats=plan.seats,
            invites_per_day=plan.invites_per_day,
            features=list(plan.features),
        )
    for code, name in FEATURES.items():
        world.add("features", code=code, name=name)
    for code, (name, normal_minutes) in SYNC_KINDS.items():
        world.add("sync_kinds", code=code, name=name, normal_minutes=normal_minutes)
    for key, (name, description, on_by_default) in FLAGS.items():
        world.add("feature_flags", key=key, name=name, description=description, on_by_default=on_by_default)
    _add_past_incidents(world)


def _add_past_incidents(world: World) -> None:
    past = (
        ("Sign-in was slow", "sign_in", "eu", "minor", 62, 45, None),
        ("Bank feeds were late", "bank_feed", "us", "minor", 41, 180, None),
        ("Webhooks were delivered late", "webhooks", "ap", "major", 33, 95, None),
        ("The API answered with errors", "api", "eu", "major", 18, 22, None),
        (
            "Exports to accounting were late",
            "accounting_export",
            "us",
            "minor",
            6,
            240,
            "Start the export again.",
        ),
    )
    for number, (title, area, region, severity, days, minutes, workaround) in enumerate(past, start=301):
        started = world.now - timedelta(days=days, hours=number % 7)
        ended = started + timedelta(minutes=minutes)
        world.add(
            "incidents",
            id=number,
            title=title,
            area=area,
            region=region,
            severity=severity,
            status="resolved",
            workaround=workaround,
            started_at=started,
            updated_at=ended,
            resolved_at=ended,
        )
