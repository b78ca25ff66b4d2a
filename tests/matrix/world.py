"""The world that the matrix asks about: people, tenants, and the objects that the table names."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client

from tests.grants import desk
from tests.matrix.table import ROLES
from tests.people import rights

REASON = desk.REASON
CONTACT = {
    "section": "users",
    "column": "email",
    "row": "0",
    "reason": "Compare it with the address in the ticket.",
}

HOLDERS = (
    ("agent", "", ["imports.read", "personal.reveal"]),
    ("agent2", "2", ["delivery.read"]),
)
UNKNOWN = (
    "case",
    "request",
    "grant",
    "event",
    "person",
    "right",
    "fact",
    "message",
    "glass",
    "sign_in",
    "pack",
    "view",
    "hold",
    "finding",
    "session",
    "flag",
    "review",
    "line",
)

TERMS = {
    "owner": "Head of customer success",
    "reason": "Looks after this customer.",
    "review_on": str((datetime.now(UTC) + rights.LATER).date()),
}
FORMS: dict[str, dict[str, Any]] = {
    "/off-board/": {"reason": "Left the company on Friday."},
    "/roles/": {"roles": ["success"]},
    "}/rights/": TERMS | {"right": "view_tenant", "on": "kestrel-cycles-prod-eu"},
    "/people/rights/{right}/": TERMS,
    "/{link}/": {"decision": "deny", "comment": "We look into it ourselves."},
    "/mode/": {"mode": "open_ticket", "reason": "Their contract says so since May."},
    "/ledger/": {"reason": "Their security officer asked for it."},
    "/reveal/": CONTACT,
    "/facts/": {"panel": "billing"},
    "/reviews/grants/{over}/": {"word": "in_order", "comment": ""},
    "/reviews/findings/{finding}/": {"word": "in_order", "comment": ""},
    "/profile/preferences/": {
        "times": "relative",
        "density": "compact",
        "theme": "dark",
        "keys": "on",
        "zone": "Europe/Berlin",
    },
    "/reviews/access/": {"about": "role", "role": "support"},
    "/reviews/access/lines/{line}/": {"decision": "keep", "comment": "Needed each day."},
    "/dismiss/": {"comment": "They covered the night shift."},
    "/escalate/": {"comment": "Nobody on the desk knows why."},
    "/reviews/period/": {"last": 0, "comment": "They wait for the answer of the customer."},
    "/audit/evidence/": {"since": "-1h", "reason": "The auditor of the customer asked for it."},
    "/audit/retention/holds/": {
        "kind": "tenant",
        "subject": "northwind-paper-prod-eu",
        "ticket": "LEGAL-12",
        "reason": "Their lawyer asked us to keep everything.",
    },
    "/lift/": {"reason": "The matter was settled in May."},
    "/audit/views/": {"name": "Their ticket", "ticket": "HD-48192"},
    "/values/new_email/": {"reason": "Compare it with the address in the ticket."},
    "/values/new_email/erase/": {"request": "DSR-7", "reason": "The person asked for erasure by letter."},
    "/tickets/": {"ticket": "HD-48192", "answered": "yes", "word": ""},
    "/break-glass/": {"scopes": ["settings.read"], "reason": REASON},
    "/reviews/break-glass/{glass}/": {"verdict": "needed", "comment": "Looked through every step of it."},
    "/notes/": {"text": "They want to hear when the seats are there.", "note": "They wrote again."},
    "}/panels/billing/answer/": {"verdict": "yes", "line": ""},
    "}/panels/contacts/answer/": {"verdict": "yes", "line": ""},
    "}/panels/payments/answer/": {"verdict": "yes", "line": ""},
    "}/panels/{no_panel}/answer/": {"verdict": "yes", "line": ""},
}


@dataclass
class World:
    """The objects that the table names, and everybody's cookies and API tokens."""

    names: dict[str, str]
    digests: dict[str, str]
    cookies: dict[str, SimpleCookie]
    tokens: dict[str, str]
    last: int

    def path(self, template: str) -> str:
        """Return the path of a row, with real ids in it."""
        return template.format(**self.names)

    def send(self, role: str, method: str, template: str, *, token: bool = True, **extra: Any) -> Any:
        """Send one request, undo what it did, and return the answer; `events` are the types it wrote to the log.

        Without `token` the form comes as from a page of somebody else.
        """
        client = _client(token)
        client.cookies = SimpleCookie(self.cookies[role].output(header="", sep=";"))
        data = self.form(template) if method == "POST" else None
        if template.startswith("/api/") and role in self.tokens:
            extra.setdefault("headers", {"Authorization": f"Bearer {self.tokens[role]}"})
        with undone():
            answer = getattr(client, method.lower())(self.path(template), data, **extra)
            answer.events = self._written()
        return answer

    def _written(self) -> list[str]:
        from audit.models import Event

        return list(Event.objects.filter(seq__gt=self.last).order_by("seq").values_list("type", flat=True))

    def form(self, template: str) -> dict[str, Any]:
        """Return what a person with the right would send there."""
        for ending, fields in FORMS.items():
            if template.endswith(ending):
                return fields
        if template == "/cases/new/":
            tenant = self.names["tenant"]
            return {"ticket": "HD-90001", "tenant": tenant, "issue": "The invoice is wrong.", "notes": ""}
        if template.endswith("/requests/"):
            return {"scopes": ["payments.read"], "minutes": "30", "reason": REASON}
        digest = self.digests.get(template.split("/")[2].strip("{}"), "") if "/" in template[1:] else ""
        return {"digest": digest, "scopes": ["people.read"], "minutes": "30", "comment": "Enough was said."}


@cache
def _client(token: bool) -> Client:
    return Client(enforce_csrf_checks=not token)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is rolled back, marked as Django's own test transactions are, so that verbs may open theirs in it."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]
    with around:
        yield
        transaction.set_rollback(True)


def make_world() -> World:
    """Seed a case, a waiting request and a live grant of each agent, a request of the approver, and the success manager's book."""
    from accounts.actions import make_token
    from accounts.models import Person
    from audit.models import Event

    clients = {role: _signed_in(role) for role in ROLES if role != "nobody"}
    names, digests = _objects(clients)
    cookies = {role: client.cookies for role, client in clients.items()}
    tokens = {role: make_token(actor=Person.objects.get(username=role), name="tests")[1] for role in clients}
    last = Event.objects.latest("seq").seq
    return World(names, digests, {**cookies, "nobody": SimpleCookie()}, tokens, last)


def _signed_in(role: str) -> Client:
    from accounts.models import Person

    client = Client()
    client.force_login(Person.objects.get(username=role), "accounts.backends.RoleBackend")
    session = client.session
    session["signed_in_at"] = session["last_seen"] = time.time()
    session.save()
    return client


def _given_up() -> str:
    """A message that could not be delivered."""
    from grants.models import Outbox

    row = Outbox.objects.earliest("made_at")
    Outbox.objects.filter(pk=row.pk).update(dead_at=row.made_at)
    return str(row.pk)


def _arrived(tenant: Any) -> str:
    """A case of the helpdesk that waits for somebody."""
    from django.utils import timezone

    from grants.actions.helpdesk import receive_case
    from opsconsole.lib.signed_calls import Call

    said = {"ticket": "HD-40009", "tenant": tenant.slug, "issue": "Reminders go out twice."}
    call = Call("matrix", timezone.now(), json.dumps(said).encode())
    return str(receive_case(call=call).body["case"])


def _finding(grant: Any) -> str:
    """Something that matching found about an access that is over."""
    from audit.actions import record
    from audit.refs import SYSTEM
    from grants.models import FindingEvent, UseFinding

    at = grant.starts_at
    finding = UseFinding(grant=grant, kind="never_used", words="Approved and never used.", found_at=at)
    with transaction.atomic():
        finding.save(force_insert=True)
        FindingEvent.objects.create(finding=finding, event_id=grant.pk, event_at=at)
        record("finding.made", actor=SYSTEM, obj=finding.as_ref(), trail=grant.trail(), what="never used")
    return str(finding.pk)


def _flag(grant: Any) -> str:
    """Something that a rule found unusual about the agent's use."""
    from audit.actions import record
    from audit.refs import SYSTEM
    from grants.models import UnusualFlag

    at, words = grant.starts_at, "5 values shown."
    flag = UnusualFlag(
        rule="reveals", key="x", person=grant.person, words=words, since=at, until=at, found_at=at
    )
    with transaction.atomic():
        flag.save(force_insert=True)
        record("use.flagged", actor=SYSTEM, obj=flag.as_ref(), rule="Repeated reveals", what=words)
    return str(flag.pk)


def _access_review() -> dict[str, str]:
    """A review of all that the success manager holds."""
    from accounts.models import Person
    from grants.campaigns.actions import open_review

    row = open_review(actor=Person.objects.get(username="compliance"), about="team", subject="success")
    return {"review": str(row.pk), "line": str(row.items.get(kind="right").pk)}


def _own_sign_in() -> dict[str, str]:
    """A sign-in of the agent in another browser."""
    from django.utils import timezone

    from accounts.models import Person, SignIn

    agent = Person.objects.get(username="agent")
    row = SignIn(
        person=agent, session_key="elsewhere", device="Firefox", device_id="x", opened_at=timezone.now()
    )
    row.save(force_insert=True)
    return {"sign_in": str(row.pk)}


def _ledger_link(tenant: Any) -> dict[str, str]:
    """A customer's link to the ledger, by its signed text and by its id."""
    from accounts.models import Person
    from grants.consent.actions.linking import make_ledger_link

    admin = Person.objects.get(username="admin")
    made = make_ledger_link(actor=admin, tenant=tenant, reason="Their security officer asked for it.")
    unknown = {"no_link": "A" * 64, "no_link_id": str(uuid.uuid4())}
    return {"link": made.token, "link_id": str(made.link.pk)} | unknown


def _objects(clients: dict[str, Client]) -> tuple[dict[str, str], dict[str, str]]:
    from accounts.models import Person
    from tenants.models import Tenant

    tenant = Tenant.objects.get(slug="northwind-paper-prod-eu")
    success = Person.objects.get(username="success")
    right = rights.give(success, tenant)
    names, digests = {"tenant": tenant.slug, "elsewhere": "kestrel-cycles-prod-eu"}, {}
    for role, mark, scopes in HOLDERS:
        more, digests[f"request{mark}"] = _held(clients, role, mark, scopes, tenant)
        names |= more
    over = desk.granted(clients["agent"], clients["approver"], tenant, "HD-40004", scopes=["settings.read"])
    clients["agent"].post(f"/grants/{over.pk}/revoke/")
    own = desk.asked(clients["approver"], tenant, "HD-40003", scopes=["people.read"])
    digests["approvers"] = own.digest
    names |= {
        "over": str(over.pk),
        "approvers": str(own.pk),
        "person": str(success.pk),
        "right": str(right.pk),
    }
    names |= _case_objects(clients, names) | _session(clients["agent"], names["grant"])
    names |= _ledger_link(tenant)
    names |= _log_objects(clients["compliance"])
    names |= {
        "message": _given_up(),
        "waiting": _arrived(tenant),
        "finding": _finding(over),
        "flag": _flag(over),
    }
    names |= _access_review() | _own_sign_in()
    return names | _kept_objects() | _nothing_there(), digests


def _session(client: Client, grant: str) -> dict[str, str]:
    """A support session in the console that the agent left."""
    started = client.post(f"/grants/{grant}/sessions/", {})
    session = started["Location"].rstrip("/").split("/")[-1]
    client.post(f"/sessions/{session}/end/")
    return {"session": session}


def _held(
    clients: dict[str, Client], role: str, mark: str, scopes: list[str], tenant: Any
) -> tuple[dict[str, str], str]:
    """Give somebody a live grant and let them ask for more; return what it is called here, and the digest of the question."""
    grant = desk.granted(clients[role], clients["approver"], tenant, f"HD-4000{mark or 1}", scopes=scopes)
    desk.ask(clients[role], grant.case_id, scopes=["people.read"])
    waiting = grant.case.requests.get(status="pending")
    names = {"grant": grant.pk, "case": grant.case_id, "request": waiting.pk}
    return {f"{name}{mark}": str(pk) for name, pk in names.items()}, waiting.digest


def _case_objects(clients: dict[str, Client], names: dict[str, str]) -> dict[str, str]:
    """A broken glass and a fact kept for a ticket."""
    from grants.models import BreakGlass, CaseFact

    clients["agent2"].post(f"/cases/{names['case2']}/break-glass/", FORMS["/break-glass/"])
    clients["agent"].post(f"/cases/{names['case']}/facts/", {"panel": "billing"})
    return {"glass": str(BreakGlass.objects.get().pk), "fact": str(CaseFact.objects.get().pk)}


def _kept_objects() -> dict[str, str]:
    from django.contrib.contenttypes.models import ContentType

    from accounts.models import Person
    from audit.models import Event, PolicyVersion

    return {
        "event": str(Event.objects.latest("seq").pk),
        "person_type": str(ContentType.objects.get_for_model(Person).pk),
        "policy": str(PolicyVersion.objects.get().pk),
    }


def _nothing_there() -> dict[str, str]:
    """Names that look right and name nothing."""
    texts = {
        "policy": "0" * 64,
        "tenant": "no-such-tenant",
        "panel": "no-such-panel",
        "page": "no-such-page/",
        "factor": "987654321",
    }
    return {f"no_{name}": text for name, text in texts.items()} | {
        f"no_{name}": str(uuid.uuid4()) for name in UNKNOWN
    }


def _log_objects(reviewer: Client) -> dict[str, str]:
    """Return an evidence pack, a legal hold and a kept search of the reviewer, and an event that commits to an e-mail address."""
    from accounts.actions import change_person
    from accounts.models import Person
    from audit.models import Event, EvidencePack, LegalHold, SavedView

    reviewer.post("/audit/evidence/", FORMS["/audit/evidence/"])
    reviewer.post("/audit/retention/holds/", FORMS["/audit/retention/holds/"])
    reviewer.post("/audit/views/", FORMS["/audit/views/"] | {"name": "Another ticket"})
    outsider, admin = (Person.objects.get(username=name) for name in ("outsider", "admin"))
    name, email = outsider.display_name, "elsewhere@desk.example"
    change_person(actor=admin, person=outsider, display_name=name, email=email, is_staff=False)
    return {
        "pack": str(EvidencePack.objects.get().pk),
        "view": str(SavedView.objects.get().pk),
        "hold": str(LegalHold.objects.get().pk),
        "moved": str(Event.objects.filter(type="person.changed").latest("seq").pk),
    }
