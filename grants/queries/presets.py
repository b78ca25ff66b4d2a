"""Presets as a case offers them, with what was really used the last time."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from audit.models import Event
from grants import policy
from grants.models import AccessRequest, Case, CaseNote, Grant
from grants.presets import Preset, fits, offered
from grants.queries.pages import ScopeLine, lines_of
from grants.rules import rules_in_force

MOST = 12  # presets of one case
OPENING = ("panel.opened", "field.revealed", "case.facts_attached")


@dataclass(frozen=True)
class PresetLine:
    """One preset on a case's page. `fits` tells whether the reported issue has one of its words."""

    preset: Preset
    scopes: list[ScopeLine]
    fits: bool
    last_time: str


@dataclass(frozen=True)
class PresetGroup:
    """Presets that stand together; the group with a title is folded away."""

    title: str
    lines: list[PresetLine]


def presets_for(case: Case, person: Person) -> list[PresetGroup]:
    """Return the presets that a person may ask for on a case, the narrowest that fits first, those that do not fit folded away."""
    rules, known = rules_in_force(), roles_in_force().scopes
    open_to = powers_of(person).asks_for & set(rules.ceremonies)
    issue = f"{case.issue} {what_failed(case)}"
    words = policy.plain(issue).split()
    lines = [
        PresetLine(preset, lines_of(set(preset.scopes)), fits(preset, words), last_time(preset))
        for preset in offered(rules.presets, issue, known, open_to)[:MOST]
    ]
    fitting = [line for line in lines if line.fits]
    others = "Other kinds of problem" if fitting else "Kinds of problem"
    return [PresetGroup("", fitting), PresetGroup(others, [line for line in lines if not line.fits])]


def what_failed(case: Case) -> str:
    """Return what somebody wrote down on the case as what failed, the newest, or an empty text."""
    notes = CaseNote.objects.filter(case=case, kind=CaseNote.Kind.FAILED).order_by("-at")
    return notes.values_list("text", flat=True).first() or ""


def last_time(preset: Preset) -> str:
    """Return one sentence on the last access under a preset that is over: what was asked and what the log says was used."""
    grant = (
        Grant.objects.filter(
            request__preset=preset.key, handed_over_from__isnull=True, ended_at__isnull=False
        )
        .select_related("request")
        .order_by("-ended_at")
        .first()
    )
    return said_of_use(grant) if grant else ""


def said_of_use(grant: Grant) -> str:
    """Return what was asked and what the log says was used of it, such as "asked 5 things for 4 h, used 1 for 11 min"."""
    request: AccessRequest = grant.request
    asked = f"asked {_count(request.scope_count)} for {_length(timedelta(minutes=request.minutes))}"
    held = {row.scope for row in grant.scopes.all()}
    uses = Event.objects.filter(grant_id=grant.pk, type__in=OPENING, outcome="ok").order_by("at")
    used: set[str] = set()
    last = None
    for at, fields in uses.values_list("at", "fields"):
        used |= held & {*(fields.get("scopes") or ()), str(fields.get("scope") or "")}
        last = at
    if last is None or not used:
        return f"Last time: {asked}, used nothing."
    return f"Last time: {asked}, used {len(used)} for {_length(last - grant.starts_at)}."


def _count(things: int) -> str:
    return "1 thing" if things == 1 else f"{things} things"


def _length(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, *([f"{rest} min"] if rest else [])])
