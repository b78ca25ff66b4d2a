"""Who of a tenant may be acted for, read from the product's own source by the query of the policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Person
from impersonation.session_rules import session_rules_in_force
from tenants.language.shapes import Question
from tenants.models import Tenant
from tenants.queries import language_in_force, params_of
from tenants.reading import read_question
from tenants.values import as_text

MOST = 500  # users of one tenant that are read at once
OFFERED = 50  # of them that a page lists; a search looks among all
SEARCHED = ("name", "role", "subject_id")
LONGEST_ID = 200  # characters


@dataclass(frozen=True)
class Subject:
    """One user of the customer, as the source has them now."""

    id: str
    name: str
    role: str
    active: bool
    superior: bool
    email: str = ""

    @property
    def fault(self) -> str:
        """Return why nobody may act for this user, by what the source says; empty where they may."""
        if not self.active:
            return "This user is switched off in the product."
        return "This user stands above what support may act for." if self.superior else ""


@dataclass(frozen=True)
class Subjects:
    """The users that were found, and whether there are more than fit."""

    found: list[Subject]
    truncated: bool


def list_subjects(tenant: Tenant, text: str = "") -> Subjects:
    """Return the users of a tenant, or those whose name, role or id has a text, which the source looks for among all.

    Raises `SourceError`. Only after the event that says so.
    """
    question, params = session_rules_in_force().subjects, params_of(tenant)
    if question is None:
        return Subjects([], truncated=False)
    wanted = text.replace("\x00", "").strip()[:LONGEST_ID]
    if wanted:
        question = replace(question, query=question.query.containing(SEARCHED, "slug"))
        params = replace(params, slug=wanted)
    rows = read_question(language_in_force(), question, params, limit=MOST)
    return Subjects([_subject(row) for row in rows.rows], rows.truncated)


def find_subject(tenant: Tenant, subject_id: str) -> Subject | None:
    """Return one user of a tenant by the id the product gives them, or None. Raises `SourceError`."""
    question = session_rules_in_force().subjects
    if question is None or not subject_id or "\x00" in subject_id or len(subject_id) > LONGEST_ID:
        return None
    params = replace(params_of(tenant), slug=subject_id)
    rows = read_question(language_in_force(), _narrowed(question), params, limit=2).rows
    subjects = [subject for subject in map(_subject, rows) if subject.id == subject_id]
    return subjects[0] if len(subjects) == 1 else None


def staff_fault(subject: Subject, agent: Person) -> str:
    """Return why a user who is one of our own people is no subject; known by the e-mail address, where the query returns one."""
    staff = Person.objects.filter(email__iexact=subject.email).first() if subject.email else None
    if staff is None:
        return ""
    return "This user is you." if staff.pk == agent.pk else "This user is one of our own staff."


def without_staff(subjects: Iterable[Subject]) -> list[Subject]:
    """Return those of some users who are none of our own people, in one query."""
    given = list(subjects)
    addresses = {subject.email.lower() for subject in given if subject.email}
    held = Person.objects.exclude(email="").values_list("email", flat=True) if addresses else []
    staff = addresses & {address.lower() for address in held}
    return [subject for subject in given if subject.email.lower() not in staff]


def _narrowed(question: Question) -> Question:
    """Return the question about one user: the parameter `slug` carries the id, since a subjects query goes by the tenant's own id."""
    return replace(question, query=question.query.narrowed("subject_id", "slug"))


def _subject(row: Mapping[str, Any]) -> Subject:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else as_text(value).replace("\x00", "").strip()

    return Subject(
        id=text("subject_id"),
        name=text("name")[:200] or text("subject_id"),
        role=text("role")[:100],
        active=_yes(row.get("active")),
        superior=row.get("superior") is None or _yes(row.get("superior")),
        email=text("email"),
    )


def _yes(value: Any) -> bool:
    return (
        value
        if isinstance(value, bool)
        else as_text(value).strip().lower() in {"1", "t", "true", "yes"}
        if value is not None
        else False
    )
