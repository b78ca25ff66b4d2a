"""A tenant's people: users, groups, invitations, sign-in settings and sign-ins."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from demo.productdb.catalogue import Plan
from demo.productdb.world import Account, World

ROLES = ("owner", "admin", "accountant", "accountant", "viewer")
GROUPS = ("Finance", "Sales", "Warehouse", "Management")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0",
)
DIALLING = {"eu": "+49 30", "us": "+1 512", "ap": "+65 61"}


@dataclass(frozen=True)
class People:
    """The ids that other rows of the tenant point to."""

    users: list[UUID]
    groups: dict[str, UUID]


def add_people(world: World, account: Account, plan: Plan) -> People:
    """Users up to about two thirds of the seats, three or four groups, and some invitations."""
    busy = {0.02: 2, 0.5: 3, 1.2: 4, 3.5: 15, 10.0: 55}[account.weight]
    count = min(busy + account.rng.randrange(3), plan.seats * 2 // 3)
    users = [_add_user(world, account, place) for place in range(max(count, 2))]
    groups = {name: account.new_id() for name in GROUPS[: 4 if account.weight > 1 else 2]}
    for name, group in groups.items():
        world.add("user_groups", id=group, tenant_id=account.id, name=name)
    for user in users:
        world.add("group_members", group_id=account.rng.choice(list(groups.values())), user_id=user)
    for place in range(account.rng.randrange(2, 6)):
        _add_invite(world, account, place)
    return People(users, groups)


def _add_user(world: World, account: Account, place: int) -> UUID:
    user, rng = account.new_id(), account.rng
    role = ROLES[min(place, len(ROLES) - 1)] if place < 5 else rng.choice(ROLES[2:])
    word = role if place < 3 else f"{role}-{place}"
    world.add(
        "users",
        id=user,
        tenant_id=account.id,
        email=f"{word}@{account.domain}",
        display_name=f"{word.replace('-', ' ').capitalize()} of {account.name}",
        phone=f"{DIALLING[account.region]} {rng.randrange(1_000_000, 9_999_999)}"
        if rng.random() < 0.6
        else None,
        role=role,
        status="deactivated" if place > 5 and rng.random() < 0.05 else "active",
        password_hash=f"pbkdf2_sha256$600000${rng.getrandbits(96):024x}${rng.getrandbits(256):064x}",
        two_factor=rng.random() < 0.5,
        created_at=account.ago(days=91 + rng.randrange(500)),
        last_sign_in_at=account.moment(days=9),
    )
    return user


def _add_invite(world: World, account: Account, place: int) -> None:
    world.add(
        "invites",
        id=account.new_id(),
        tenant_id=account.id,
        email=f"new-{place}@{account.domain}",
        role="viewer",
        status="accepted",
        hold_reason=None,
        token=account.token("inv_"),
        invited_at=account.ago(days=12 + account.rng.randrange(70)),
        next_try_at=None,
    )


def add_sign_in_settings(world: World, account: Account, plan: Plan) -> None:
    """Single sign-on where the plan has it, and one or two API tokens."""
    rng = account.rng
    for name in ("Accounting export", "Warehouse scanner")[: 1 + (account.weight > 1)]:
        world.add(
            "api_tokens",
            id=account.new_id(),
            tenant_id=account.id,
            name=name,
            token=account.token("qf_live_"),
            status="active",
            created_at=account.ago(days=100 + rng.randrange(300)),
            last_used_at=account.moment(days=2),
        )
    if "sso" in plan.features:
        fingerprint = f"{rng.getrandbits(64):016x}"
        world.add(
            "sso_connections",
            tenant_id=account.id,
            provider=rng.choice(("Okta", "Microsoft Entra", "Google Workspace")),
            status="active",
            entity_id=f"https://login.{account.domain}/saml",
            certificate_we_hold=fingerprint,
            certificate_they_sign_with=fingerprint,
            certificate_expires_at=account.now + timedelta(days=60 + rng.randrange(500)),
            certificate_changed_at=account.ago(days=120 + rng.randrange(200)),
            client_secret=account.token("sso_"),
            last_ok_at=account.moment(days=0.5),
            last_error=None,
        )


def add_sign_ins(world: World, account: Account, people: People, plan: Plan) -> None:
    """About one in forty fails, for the ordinary reason: a wrong password."""
    rng, method = account.rng, "sso" if "sso" in plan.features else "password"
    for _ in account.times(160):
        failed = rng.random() < 0.025
        world.add(
            "sign_ins",
            tenant_id=account.id,
            user_id=rng.choice(people.users),
            method="password" if failed else method,
            outcome="failed" if failed else "ok",
            failure_code="wrong_password" if failed else None,
            ip=f"203.0.113.{rng.randrange(1, 255)}",
            user_agent=rng.choice(AGENTS),
            at=account.moment(),
        )
