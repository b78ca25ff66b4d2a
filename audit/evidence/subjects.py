"""What a pack is about: from what was typed to the events that belong to it, within the reader's reach."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from audit.models import Event, EvidencePack
from audit.queries import events_within_reach, ids_meant, read_limit
from audit.registry import all_types

Kind = EvidencePack.Kind
EVERYTHING = "everything"


class NothingThere(Http404):
    """The log says nothing of it, or the person may not read what it says: the two look the same."""

    def __init__(self) -> None:
        super().__init__(
            "The log that you may read says nothing of it. Look for the name or id in the explorer."
        )


@dataclass(frozen=True)
class Subject:
    """One subject: kind, id or words, the name it has in the newest event, and what events about its pack hang on."""

    kind: str
    key: str
    about: str
    refs: dict[str, Any] = field(default_factory=dict)


def controls() -> list[tuple[str, str]]:
    """Return the kinds of event that a pack can be about, as NIST AU-2 categories: key and words."""
    return [(name, name.partition(": ")[2]) for name in sorted({kind.category for kind in all_types()})]


def find_subject(person: object, kind: str, text: str) -> Subject:
    """Return what a text names. Raises `NothingThere` where no event within the person's reach tells of it, `TooWide`."""
    if kind == Kind.PERIOD:
        return Subject(kind, "", EVERYTHING)
    if kind == Kind.CONTROL:
        return Subject(kind, text, dict(controls()).get(text, text))
    with read_limit():
        for key in _keys(kind, text):
            newest = _events(person, kind, key).order_by("-at", "-id").first()
            if newest is not None:
                return Subject(kind, key, _name(person, kind, key, newest), _refs(kind, newest))
    raise NothingThere


def _keys(kind: str, text: str) -> list[str]:
    if kind in (Kind.TENANT, Kind.PERSON):
        return ids_meant("tenant" if kind == Kind.TENANT else "actor", text)
    with suppress(ValueError):
        return [str(UUID(text))]
    return list(dict.fromkeys([text, text.upper()])) if kind == Kind.CASE else []


def events_of(person: object, pack: EvidencePack) -> QuerySet[Event]:
    """Return the events of a pack that a person may read, in the order of time."""
    return events_within_reach(person).filter(covered_by(pack)).order_by("at", "id")


def covered_by(pack: EvidencePack) -> Q:
    """Return the condition for the events that a pack covers, whoever reads it."""
    covered = condition_of(pack.kind, pack.subject) & Q(at__lte=pack.until)
    return covered & Q(at__gte=pack.since) if pack.since else covered


def _events(person: object, kind: str, key: str) -> QuerySet[Event]:
    return events_within_reach(person).filter(condition_of(kind, key))


def condition_of(kind: str, key: str) -> Q:
    """Return the condition for the events about a subject. A grant's begin with those of its request."""
    conditions: dict[str, Callable[[str], Q]] = {
        Kind.TENANT: lambda key: Q(tenant_id=key),
        Kind.GRANT: _of_grant,
        Kind.CASE: _of_case,
        Kind.PERSON: _of_person,
        Kind.CONTROL: lambda key: Q(type__in=[one.name for one in all_types() if one.category == key]),
    }
    return conditions[kind](key) if kind in conditions else Q()


def _of_grant(key: str) -> Q:
    asked = Event.objects.filter(grant_id=UUID(key), request_id__isnull=False)
    return Q(grant_id=UUID(key)) | Q(request_id__in=asked.values("request_id"))


def _of_case(key: str) -> Q:
    with suppress(ValueError):
        return Q(case_id=UUID(key))
    return Q(ticket=key)


def _of_person(key: str) -> Q:
    about = [one.name for one in all_types() if one.name.startswith(("person.", "object_right."))]
    return Q(actor_id=key) | Q(type__in=about, object_type="person", object_id=key)


def _name(person: object, kind: str, key: str, newest: Event) -> str:
    if kind == Kind.TENANT:
        return newest.tenant_label
    if kind == Kind.CASE:
        return f"case {newest.ticket}" if newest.ticket else f"case {key[:8]}"
    wanted = (
        Q(object_type="grant", object_id=key)
        if kind == Kind.GRANT
        else Q(object_type="person", object_id=key)
    )
    if kind == Kind.PERSON and newest.actor_id == key:
        return newest.actor_label
    named = _events(person, kind, key).filter(wanted).order_by("-at", "-id").first()
    return named.object_label if named else f"{kind} {key[:8]}"


def _refs(kind: str, newest: Event) -> dict[str, Any]:
    """Return the tenant and the trail of the newest event, as far as they belong to the subject itself."""
    if kind not in (Kind.TENANT, Kind.GRANT, Kind.CASE):
        return {}
    tenant = {
        "id": newest.tenant_id,
        "label": newest.tenant_label,
        "environment": newest.tenant_environment,
        "region": newest.tenant_region,
    }
    refs: dict[str, Any] = {"tenant": tenant} if newest.tenant_id else {}
    if kind != Kind.TENANT:
        ids = {"case_id": newest.case_id} | ({"grant_id": newest.grant_id} if kind == Kind.GRANT else {})
        refs["trail"] = {name: str(value) for name, value in ids.items() if value} | {"ticket": newest.ticket}
    return refs
