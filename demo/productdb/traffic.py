"""What goes in and out: e-mail, webhooks, requests to the API, and notes people left."""

import json

from demo.productdb.companies import PRODUCT_DOMAIN
from demo.productdb.world import Account, World

MAIL = {
    "invoice": "Invoice {n} from {name}",
    "reminder": "A friendly reminder about invoice {n}",
    "receipt": "Thank you for your payment of invoice {n}",
    "invite": "You are invited to {name}",
    "password_reset": "Choose a new password",
}
CALLS = (
    ("GET", "/v1/invoices"),
    ("GET", "/v1/customers"),
    ("POST", "/v1/invoices"),
    ("GET", "/v1/payments"),
    ("PATCH", "/v1/customers/{n}"),
)
EVENTS = ("invoice.sent", "invoice.paid", "customer.created", "payment.failed")


def add_mail(world: World, account: Account) -> None:
    """Nineteen of twenty arrive; a link in the mail may carry a token that nobody else should see."""
    rng, kinds = account.rng, list(MAIL)
    for place in account.times(200):
        kind, luck, number = rng.choice(kinds), rng.random(), 1_000 + place
        status = "bounced" if luck < 0.03 else "deferred" if luck < 0.05 else "delivered"
        customer = f"customer-{rng.randrange(400):03d}@buyers.example"
        inside = kind in ("invite", "password_reset")
        link = (
            f"https://app.{PRODUCT_DOMAIN}/{kind}?token={account.token('')}"
            if inside
            else f"invoice {number}"
        )
        world.add(
            "email_deliveries",
            tenant_id=account.id,
            kind=kind,
            recipient=f"viewer-{rng.randrange(40)}@{account.domain}" if inside else customer,
            subject=MAIL[kind].format(n=number, name=account.name),
            body_head=f"Hello, please see {link}",
            status=status,
            reason={
                "bounced": "The mailbox does not exist",
                "deferred": "The other server asked to wait",
            }.get(status),
            at=account.moment(),
        )


def add_webhooks(world: World, account: Account) -> None:
    """One endpoint for every tenant, two for the busier; a few deliveries meet a 500 and succeed later."""
    rng = account.rng
    for place in range(1 + (account.weight > 3)):
        endpoint = account.new_id()
        world.add(
            "webhook_endpoints",
            id=endpoint,
            tenant_id=account.id,
            url=f"https://hooks.{account.domain}/quillfold/{place}?key={account.token('')[:24]}",
            secret=account.token("whsec_"),
            status="active",
            created_at=account.ago(days=100 + rng.randrange(100)),
            last_ok_at=account.ago(minutes=5 + rng.randrange(600)),
            disabled_at=None,
        )
        for _ in account.times(180 // (1 + (account.weight > 3))):
            failed = rng.random() < 0.02
            event = rng.choice(EVENTS)
            world.add(
                "webhook_deliveries",
                endpoint_id=endpoint,
                event=event,
                status_code=rng.choice((500, 503)) if failed else 200,
                duration_ms=rng.randrange(30, 900),
                attempt=1,
                payload=_payload(account, event),
                at=account.moment(),
            )


def _payload(account: Account, event: str) -> str:
    number = account.rng.randrange(400)
    return json.dumps(
        {
            "event": event,
            "customer": {"number": number, "email": f"customer-{number:03d}@buyers.example"},
            "total_minor": account.rng.randrange(500, 900_000),
        }
    )


def add_api_requests(world: World, account: Account) -> None:
    """About one request in fifty is refused and one in three hundred meets an error of ours."""
    rng = account.rng
    tokens = [row[0] for row in world.rows["api_tokens"] if row[1] == account.id]
    for _ in account.times(500):
        method, path = rng.choice(CALLS)
        luck = rng.random()
        world.add(
            "api_requests",
            tenant_id=account.id,
            token_id=rng.choice(tokens),
            method=method,
            path=path.format(n=rng.randrange(400)),
            status_code=500 if luck < 0.003 else 422 if luck < 0.02 else 201 if method == "POST" else 200,
            duration_ms=rng.randrange(8, 450),
            at=account.moment(),
        )


def add_notes(world: World, account: Account) -> None:
    """Notes that people left, with things in them that should never have been written down."""
    notes = ["Asked about yearly billing.", "Prefers to be called in the morning."]
    if account.rng.random() < 0.3:
        notes.append(
            "Customer read the card to us on the phone: 4111 1111 1111 1111, please charge that one."
        )
    if account.rng.random() < 0.2:
        notes.append(f"Link they sent: https://app.{PRODUCT_DOMAIN}/reset?token={account.token('')}")
    for body in notes:
        world.add(
            "account_notes",
            tenant_id=account.id,
            written_by="Customer success",
            body=body,
            at=account.moment(80),
        )
