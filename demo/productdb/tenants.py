"""The tenant itself, and all that belongs to it."""

import json

from demo.productdb import money, people, traffic, work
from demo.productdb.world import Account, World

TIME_ZONES = {"eu": "Europe/Berlin", "us": "America/Chicago", "ap": "Asia/Singapore"}


def add_tenant(world: World, account: Account) -> None:
    """Every row of one tenant, parents before the rows that point to them."""
    plan = money.choose_plan(account)
    _add_account(world, account)
    money.add_billing(world, account, plan)
    staff = people.add_people(world, account, plan)
    people.add_sign_in_settings(world, account, plan)
    people.add_sign_ins(world, account, staff, plan)
    work.add_imports(world, account, staff)
    work.add_syncs(world, account)
    work.add_integrations(world, account)
    work.add_flags_and_settings(world, account, staff)
    money.add_own_invoices(world, account)
    traffic.add_mail(world, account)
    traffic.add_webhooks(world, account)
    traffic.add_api_requests(world, account)
    traffic.add_notes(world, account)


def _add_account(world: World, account: Account) -> None:
    world.add(
        "tenants",
        id=account.id,
        slug=account.slug,
        name=account.name,
        environment=account.environment,
        region=account.region,
        status="active",
        country=money.COUNTRY[account.region],
        time_zone=TIME_ZONES[account.region],
        settings=json.dumps(_settings(account)),
        created_at=account.ago(days=400 + account.rng.randrange(900)),
    )
    domains = [account.domain] if account.environment == "production" else [f"test.{account.domain}"]
    if account.weight > 3:
        domains.append(f"mail.{account.domain}")
    for domain in domains:
        world.add(
            "tenant_domains",
            domain=domain,
            tenant_id=account.id,
            verified_at=account.ago(days=300) if account.rng.random() < 0.9 else None,
        )


def _settings(account: Account) -> dict[str, object]:
    return {
        "theme": account.rng.choice(("light", "dark")),
        "language": {"eu": "de", "us": "en", "ap": "en"}[account.region],
        "invoice": {"numbering": "yearly", "footer": f"Thank you from {account.name}"},
        "smtp": {"host": f"mail.{account.domain}", "user": "quillfold", "password": account.token("mail-")},
    }
