"""What a tenant pays: billing account, subscription, invoices, charges; and the invoices it writes itself."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from demo.productdb.catalogue import PLANS, Plan
from demo.productdb.world import Account, World

COUNTRY = {"eu": "DE", "us": "US", "ap": "SG"}
STATUSES = ("paid", "paid", "paid", "sent", "sent", "overdue", "draft")


@dataclass(frozen=True)
class Card:
    """The card on file and the billing account it pays for."""

    billing_account: UUID
    brand: str
    last4: str


def choose_plan(account: Account) -> Plan:
    """Busy tenants buy more; a test environment is on the small plan."""
    if account.environment == "test" or account.weight < 1:
        return PLANS["starter"]
    return PLANS[{1.2: "starter", 3.5: "team", 10.0: "business"}[account.weight]]


def add_billing(world: World, account: Account, plan: Plan) -> None:
    """A monthly plan paid by card for as long as the history goes back."""
    card = _add_payment_method(world, account, _add_billing_account(world, account))
    paid_days_ago = account.rng.randrange(4, 27)
    world.add(
        "subscriptions",
        id=account.new_id(),
        tenant_id=account.id,
        plan_code=plan.code,
        status="active",
        seats=plan.seats,
        amount_minor=plan.price_minor,
        currency=account.currency,
        changed_at=account.ago(days=95 + account.rng.randrange(300)),
        trial_ends_at=None,
        renews_at=account.ago(days=paid_days_ago - 30),
    )
    for month in (2, 1, 0):
        _add_paid_month(world, account, plan, card, paid_days_ago + 30 * month)
    _add_entitlements(world, account, plan)


def _add_billing_account(world: World, account: Account) -> UUID:
    billing_account = account.new_id()
    world.add(
        "billing_accounts",
        id=billing_account,
        tenant_id=account.id,
        number=f"BA-{account.id.int % 1_000_000:06d}",
        legal_name=f"{account.name} Ltd",
        billing_email=f"billing@{account.domain}",
        tax_id=f"{COUNTRY[account.region]}{account.rng.randrange(10**8, 10**9)}",
        currency=account.currency,
        active_from=account.ago(days=400 + account.rng.randrange(300)),
        active_until=None,
    )
    return billing_account


def _add_payment_method(world: World, account: Account, billing_account: UUID) -> Card:
    last4, brand = f"{account.rng.randrange(10_000):04d}", account.rng.choice(("visa", "mastercard"))
    world.add(
        "payment_methods",
        id=account.new_id(),
        billing_account_id=billing_account,
        brand=brand,
        last4=last4,
        expires_on=(account.now + timedelta(days=200 + account.rng.randrange(700))).date(),
        holder=f"Owner of {account.name}",
        provider_token=account.token("pm_"),
    )
    return Card(billing_account, brand, last4)


def _add_paid_month(world: World, account: Account, plan: Plan, paid_from: Card, days_ago: int) -> None:
    issued = account.ago(days=days_ago, minutes=account.rng.randrange(600))
    number = f"QF-{issued:%y%m%d}-{account.id.int % 1_000_000:06d}"
    world.add(
        "billing_invoices",
        number=number,
        billing_account_id=paid_from.billing_account,
        state="P",
        total_minor=plan.price_minor,
        currency=account.currency,
        issued_at=issued,
        due_on=(issued + timedelta(days=14)).date(),
    )
    world.add(
        "charges",
        id=account.new_id(),
        tenant_id=account.id,
        invoice_number=number,
        amount_minor=plan.price_minor,
        currency=account.currency,
        status="succeeded",
        failure_code=None,
        card_brand=paid_from.brand,
        card_last4=paid_from.last4,
        created_at=issued + timedelta(minutes=2),
        retry_at=None,
    )


def _add_entitlements(world: World, account: Account, plan: Plan) -> None:
    applied = account.ago(days=94)
    world.add("entitlements", tenant_id=account.id, plan_code=plan.code, seats=plan.seats, applied_at=applied)
    for feature in PLANS["enterprise"].features:
        included = feature in plan.features
        world.add(
            "entitlement_features",
            tenant_id=account.id,
            feature=feature,
            state="on" if included else "locked",
            reason=None if included else "not_in_plan",
            changed_at=applied,
        )
    used = account.rng.randrange(0, max(2, plan.invites_per_day // 5))
    world.add(
        "send_limits",
        tenant_id=account.id,
        kind="invite",
        used_24h=used,
        allowed_24h=plan.invites_per_day,
        reached_at=None,
        frees_at=None,
        counted_at=account.ago(minutes=4),
    )


def add_own_invoices(world: World, account: Account) -> None:
    """The invoices that the tenant wrote to customers of its own."""
    rng = account.rng
    for place in account.times(160):
        created, customer = account.moment(), rng.randrange(400)
        world.add(
            "invoices",
            tenant_id=account.id,
            number=f"{created:%Y}-{place + 1:05d}",
            customer_name=f"Customer {customer:03d}",
            customer_email=f"customer-{customer:03d}@buyers.example",
            total_minor=rng.randrange(500, 900_000),
            currency=account.currency,
            status=rng.choice(STATUSES),
            created_at=created,
            due_on=(created + timedelta(days=30)).date(),
        )
