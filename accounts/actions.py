"""The verbs on people: add, change, give and take roles, deactivate. Signing in and out is in `accounts.sign_ins`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from django.db import connection, transaction

from accounts.guarding import NotOnOneself, guard_owner, guard_people, guard_seen
from accounts.models import ApiToken, Person, RoleMembership
from accounts.policy import broken_separation
from accounts.queries import roles_in_force
from accounts.sign_ins.actions import end_sign_ins
from accounts.tokens import digest_of, new_secret
from audit.actions import record, sent_together
from audit.refs import SYSTEM, Actor, Ref
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.registry import role_enders

LONGEST_TOKEN_DAYS = 365
ROLES_CHANGED = "Their roles changed."
ADMINISTRATORS = 7_301_011  # advisory lock of the transaction: one change of administrators at a time


class LastAdministrator(Conflict):
    code = "last_administrator"


def add_person(
    *, actor: Person, username: str, display_name: str, email: str = "", password: str = ""
) -> Person:
    """Add a person without any role and return them. A password given here opens only the page on which it is changed.

    Raises `MayNotManagePeople`, `StepUpNeeded`, `Invalid` for a name that is taken.
    """
    guard_people(actor)
    with transaction.atomic(durable=True):
        if Person.objects.filter(username__iexact=username).exists():
            raise Invalid({"username": "This name is taken."})
        person = Person(username=username, display_name=display_name, email=email)
        person.set_password(password or None)
        person.password_given = bool(password)
        person.save(force_insert=True)
        record("person.added", actor=actor.as_actor(), obj=ref(person))
    return person


def change_person(
    *, actor: Person, person: Person, display_name: str, email: str, is_staff: bool, seen: str = ""
) -> None:
    """Change how a person is named and reached. The event names the fields, not the values; to an e-mail address it commits."""
    guard_people(actor)
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update().get(pk=person.pk)
        guard_seen(row, seen)
        wanted = {"display_name": display_name, "email": email, "is_staff": is_staff}
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        if changed:
            addresses = {"old_email": row.email, "new_email": email} if "email" in changed else {}
            for name in changed:
                setattr(row, name, wanted[name])
            row.save(update_fields=changed)
            words = ", ".join(name.replace("_", " ") for name in changed)
            private = {name: address for name, address in addresses.items() if address}
            record("person.changed", actor=actor.as_actor(), obj=ref(row), private=private, what=words)


def set_roles(*, actor: Person, person: Person, roles: Iterable[str], seen: str = "") -> None:
    """Make a person's roles exactly these, and end what they would no longer allow (NIST PS-5).

    `seen` is how the person stood when the change was decided on. Raises `EditedMeanwhile` where that is no longer so,
    `MayNotManagePeople`, `NotOnOneself`, `Invalid` for an unknown role or a pair that the policy keeps apart (NIST AC-5),
    `LastAdministrator` where nobody would be left to manage people.
    """
    guard_people(actor)
    if actor.pk == person.pk:
        raise NotOnOneself("Nobody changes their own roles. Ask another administrator.")
    with transaction.atomic(durable=True), sent_together():
        _bring_roles_to(person, set(roles), actor.as_actor(), given_by=actor, seen=seen)


def set_roles_by_groups(*, person: Person, roles: Iterable[str], provider: str) -> None:
    """Make a person's roles those that their groups at the identity provider give under the policy in force.

    The policy decided, so no administrator is asked; otherwise it is `set_roles`, and raises as that does.
    """
    with transaction.atomic(durable=True), sent_together():
        _bring_roles_to(person, set(roles), actor_named(provider), given_by=None)


def bring_roles_within(*, actor: Person | None, person: Person, roles: Iterable[str]) -> None:
    """Make a person's roles exactly these within a verb whose own door was passed, a review for one. `actor` None is the console itself.

    Raises `Invalid` and `LastAdministrator` as `set_roles` does.
    """
    _bring_roles_to(person, set(roles), actor.as_actor() if actor else SYSTEM, given_by=actor)


def _bring_roles_to(
    person: Person, wanted: set[str], actor: Actor, *, given_by: Person | None, seen: str = ""
) -> None:
    row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    guard_seen(row, seen)
    held = set(row.memberships.values_list("role", flat=True))
    _check_roles(wanted)
    given, taken = wanted - held, held - wanted
    if not given and not taken:
        return
    if given and not row.is_active:
        raise Conflict(f"{row} is not active, so they get no role.", state="inactive")
    row.memberships.filter(role__in=taken).delete()
    now = database_now()
    RoleMembership.objects.bulk_create(
        RoleMembership(person=row, role=role, since=now, given_by=given_by) for role in sorted(given)
    )
    keep_one_administrator()
    ended = [
        said for ender in role_enders for said in ender(person=row, actor=given_by, reason=ROLES_CHANGED)
    ]
    record(
        "person.roles_changed",
        actor=actor,
        obj=ref(row),
        given=sorted(given),
        taken=sorted(taken),
        ended=ended,
    )


def set_active(*, actor: Person, person: Person, active: bool) -> None:
    """Deactivate or reactivate a person. A deactivated person is signed out at the next request and holds nothing.

    Raises as `set_roles` does.
    """
    guard_people(actor)
    if actor.pk == person.pk:
        raise NotOnOneself("Nobody deactivates themselves. Ask another administrator.")
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update().get(pk=person.pk)
        if row.is_active != active:
            row.is_active = active
            row.save(update_fields=["is_active"])
            keep_one_administrator()
            if not active:
                end_sign_ins(row)
            record(
                "person.reactivated" if active else "person.deactivated", actor=actor.as_actor(), obj=ref(row)
            )


class NewPerson(Protocol):
    """A person to install: sign-in name, name on pages, roles, and a mail address or an empty text."""

    @property
    def username(self) -> str: ...
    @property
    def display_name(self) -> str: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def email(self) -> str: ...
    @property
    def is_staff(self) -> bool: ...


def install_people(*, actor: Actor, people: Iterable[NewPerson], password: str) -> list[Person]:
    """Add the first people with their roles, as the owner of the tables, and return those that were new.

    Nobody can hold a right before there are people, so this one verb asks the database instead: the app's role may not use it.
    Raises `MayNotManagePeople`.
    """
    guard_owner("First people are installed by the owner of the database.")
    known = set(Person.objects.values_list("username", flat=True))
    return [_install(actor, new, password) for new in people if new.username not in known]


def _install(actor: Actor, new: NewPerson, password: str) -> Person:
    with transaction.atomic(durable=True):
        person = Person(
            username=new.username, display_name=new.display_name, email=new.email, is_staff=new.is_staff
        )
        person.set_password(password)
        person.save(force_insert=True)
        record("person.added", actor=actor, obj=ref(person))
        now = database_now()
        for role in new.roles:
            RoleMembership.objects.create(person=person, role=role, since=now)
        if new.roles:
            record("person.roles_changed", actor=actor, obj=ref(person), given=list(new.roles))
    return person


def ref(person: Person) -> Ref:
    """Return a person as the object of an event."""
    return person.as_ref()


def actor_named(label: str) -> Actor:
    """Return a system actor with a label of its own, for commands run by the owner."""
    return Actor("system", "", label)


def _check_roles(wanted: set[str]) -> None:
    known = roles_in_force()
    unknown = wanted - set(known.roles)
    if unknown:
        raise Invalid({"roles": f"The policy knows no role {', '.join(sorted(unknown))}."})
    pair = broken_separation([known.roles[key] for key in wanted], known.separated)
    if pair:
        raise Invalid({"roles": f"The policy keeps {pair[0]} and {pair[1]} in two hands."})


def keep_one_administrator() -> None:
    """Raise `LastAdministrator` for a change that leaves nobody, within the verb that makes it.

    Changes take turns here: two administrators who demote each other would both see the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADMINISTRATORS])
    keys = [role.key for role in roles_in_force().roles.values() if "manage_people" in role.may]
    if not RoleMembership.objects.filter(role__in=keys, person__is_active=True).exists():
        raise LastAdministrator("Somebody must be left who manages people.", state="last")


class NotYourToken(Refused):
    code = "not_your_token"


def make_token(
    *, actor: Person, name: str, areas: Iterable[str] = tuple(ApiToken.Area.values), days: int = 90
) -> tuple[ApiToken, str]:
    """Make an API token for oneself and return it with its secret, which is shown this once and never stored (NIST IA-5).

    `days` is its life, at most a year. Raises `Invalid` for an unknown area or a life that is none.
    """
    chosen = sorted(set(areas))
    if not chosen or set(chosen) - set(ApiToken.Area.values):
        raise Invalid({"areas": f"Choose from {', '.join(ApiToken.Area.values)}."})
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Invalid({"days": f"A token lives 1 to {LONGEST_TOKEN_DAYS} days."})
    secret = new_secret()
    with transaction.atomic(durable=True):
        now = database_now()
        token = ApiToken(
            person=actor,
            name=name,
            digest=digest_of(secret),
            areas=chosen,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        token.save(force_insert=True)
        record(
            "token.made",
            actor=actor.as_actor(),
            obj=Ref("token", str(token.pk), name),
            areas=chosen,
            days=days,
        )
    return token, secret


def revoke_token(*, actor: Person, token: ApiToken) -> None:
    """End a token at once. Its owner may, and whoever manages people. Raises `NotYourToken`."""
    if token.person_id != actor.pk and not actor.has_perm("console.manage_people"):
        raise NotYourToken("This token belongs to somebody else.")
    with transaction.atomic(durable=True):
        row = ApiToken.objects.select_for_update().select_related("person").get(pk=token.pk)
        if row.revoked_at is None:
            row.revoked_at = database_now()
            row.save(update_fields=["revoked_at"])
            record(
                "token.revoked",
                actor=actor.as_actor(),
                obj=Ref("token", str(row.pk), row.name),
                owner=row.person.display_name,
            )
