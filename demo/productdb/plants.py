"""Which tenant gets which situation: the twelve tickets, and the near misses beside them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg import Cursor

from demo.productdb.planting import Situation, plant, situation

TICKETS: dict[str, tuple[Situation, ...]] = {
    "northwind-paper-prod-eu": (situation("upgrade", minutes=52), situation("plan_sync_late")),
    "harbor-lane-dental-prod-us": (situation("invites_held_by_limit"),),
    "copperleaf-roasters-prod-us": (
        situation("payment_failed", code="card_declined", days=2),
        situation("feature_locked"),
    ),
    "brightwater-fittings-prod-eu": (situation("import_stopped_at_row"),),
    "meridian-freight-prod-us": (situation("sso_certificate_changed"),),
    "tern-island-outfitters-prod-ap": (situation("webhook_fails", code=410, status="disabled"),),
    "fable-press-prod-eu": (situation("flag_off_for_group"),),
    "lumen-yoga-studio-prod-ap": (situation("trial", days_left=-2), situation("trial_ended")),
    "saltmarsh-ferries-prod-ap": (situation("incident_in_region"),),
    "oakridge-veterinary-prod-us": (situation("refund", status="pending", days=4),),
    "kestrel-cycles-prod-eu": (situation("invoices_under_old_account"),),
    "pinefold-architects-prod-eu": (situation("fill_seats", free=0), situation("seats_taken")),
}

# The same tables, another story: these must not be mistaken for the tickets above.
NEAR_MISSES: dict[str, tuple[Situation, ...]] = {
    "halcyon-textiles-prod-eu": (situation("upgrade", minutes=60 * 24 * 9), situation("plan_sync_done")),
    "stonebridge-lighting-prod-eu": (situation("payment_failed", code="insufficient_funds", days=1),),
    "juniper-square-prod-eu": (situation("trial", days_left=5),),
    "canyon-print-works-prod-us": (situation("refund", status="failed", days=6),),
    "bluebonnet-roofing-prod-us": (situation("refund", status="succeeded", days=12),),
    "cinder-and-oak-prod-eu": (situation("fill_seats", free=1),),
    "monsoon-prints-prod-ap": (situation("import_running"),),
    "ironwood-gyms-prod-us": (situation("sso_certificate_renewed"),),
    "willowmere-nurseries-prod-eu": (situation("webhook_fails", code=503, status="failing"),),
    "thistledown-toys-prod-eu": (situation("flag_off_for_all"),),
    "velvet-harbour-prod-eu": (situation("account_closed"),),
}


def sow(cursor: Cursor, tenants: Mapping[str, UUID], now: datetime) -> None:
    """Plant every situation. Raises KeyError for a slug that is no tenant, LookupError for one that misses."""
    for slug, situations in (TICKETS | NEAR_MISSES).items():
        for what in situations:
            plant(cursor, what, tenants[slug], now)
