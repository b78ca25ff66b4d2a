"""What runs for a tenant: imports, syncs, integrations, flags and changed settings."""

from datetime import timedelta

from demo.productdb.catalogue import SYNC_KINDS
from demo.productdb.people import People
from demo.productdb.world import Account, World

KINDS = ("customers", "invoices", "products")
PROVIDERS = {"bank_feed": "Open Bank Link", "accounting_export": "Countingly"}
SETTINGS = (
    ("invoice.footer", "Thank you", "Thank you for your order", False),
    ("reminders.after_days", "14", "7", False),
    ("theme", "light", "dark", False),
    ("sso.required", "no", "yes", False),
    ("default_currency", "EUR", "USD", False),
    ("smtp.password", None, None, True),
)
# Row 431 is nobody else's row: the other failures stop elsewhere or before the first row.
FAILURES = (
    (None, "The file is not in UTF-8", None),
    (57, "The column 'amount' is missing", None),
    (1_204, "The customer number is used twice", "customer-118@buyers.example"),
)


def add_imports(world: World, account: Account, people: People) -> None:
    """A few imports a month; one in eight fails. They are numbered when all tenants' are known."""
    rng = account.rng
    for _ in account.times(3):
        started, kind, total = account.moment(), rng.choice(KINDS), rng.randrange(1_300, 6_000)
        row, text, value = rng.choice(FAILURES) if rng.random() < 0.125 else (None, None, None)
        ended = started + timedelta(seconds=20 + rng.randrange(200))
        world.add(
            "imports",
            at=started,
            tenant_id=account.id,
            kind=kind,
            file_name=f"{kind}-{started:%Y-%m-%d}.csv",
            status="done" if text is None else "stopped" if row else "failed",
            rows_total=total,
            rows_done=total if text is None else (row or 1) - 1,
            error_row=row,
            error_text=text,
            error_value=value,
            requested_by=rng.choice(people.users),
            updated_at=ended,
            finished_at=ended,
        )


def add_syncs(world: World, account: Account) -> None:
    """Each kind of sync ends well lately; one in thirty of the older runs failed."""
    rng, kinds = account.rng, [kind for kind in SYNC_KINDS if kind != "plan_sync"]
    for kind in kinds:
        _add_sync(world, account, kind, account.rng.uniform(0.02, 0.4), failed=False)
    for _ in account.times(76):
        _add_sync(world, account, rng.choice(kinds), rng.uniform(1, 90), failed=rng.random() < 0.033)
    _add_sync(world, account, "plan_sync", 93.9, failed=False)


def _add_sync(world: World, account: Account, kind: str, days_ago: float, *, failed: bool) -> None:
    queued = account.ago(days=days_ago)
    ended = queued + timedelta(seconds=30 + account.rng.randrange(400))
    world.add(
        "sync_jobs",
        tenant_id=account.id,
        kind=kind,
        status="failed" if failed else "done",
        stage="reading" if failed else "finished",
        percent=account.rng.randrange(5, 60) if failed else 100,
        attempts=3 if failed else 1,
        error_text="The other side did not answer" if failed else None,
        queued_at=queued,
        updated_at=ended,
        finished_at=ended,
    )


def add_integrations(world: World, account: Account) -> None:
    """A bank feed and an accounting export, each with the access token the product keeps for it."""
    for kind, provider in PROVIDERS.items():
        world.add(
            "integrations",
            id=account.new_id(),
            tenant_id=account.id,
            kind=kind,
            provider=provider,
            status="needs_sign_in" if account.rng.random() < 0.06 else "connected",
            access_token=account.token("oat_"),
            connected_at=account.ago(days=100 + account.rng.randrange(200)),
            last_ok_at=account.moment(days=0.5),
        )


def add_flags_and_settings(world: World, account: Account, people: People) -> None:
    """Some tenants tried a new feature early or switched one off for everybody; people change settings."""
    rng = account.rng
    for key, chance, enabled in (
        ("smart_match", 0.3, True),
        ("multi_entity", 0.15, True),
        ("new_editor", 0.1, False),
    ):
        if rng.random() < chance:
            world.add(
                "flag_overrides",
                id=account.new_id(),
                flag_key=key,
                tenant_id=account.id,
                group_id=None,
                enabled=enabled,
                changed_at=account.moment(),
                changed_by=people.users[0],
            )
    for _ in account.times(18):
        setting, old, new, secret = rng.choice(SETTINGS)
        world.add(
            "settings_changes",
            tenant_id=account.id,
            changed_by=rng.choice(people.users),
            setting=setting,
            old_value=account.token("mail-") if secret else old,
            new_value=account.token("mail-") if secret else new,
            is_secret=secret,
            at=account.moment(),
        )


def number_imports(world: World, newest: int) -> None:
    """Give imports their numbers in the order they started; the newest gets `newest`."""
    rows = world.in_order("imports")
    first = newest - len(rows) + 1
    world.rows["imports"] = [(first + place, *row[1:], row[0]) for place, row in enumerate(rows)]
    world.columns["imports"] = ("id", *world.columns["imports"][1:], "started_at")
