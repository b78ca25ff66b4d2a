"""The verbs of trying a panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Person
from accounts.roles import Role
from audit.actions import record
from audit.models import PolicyVersion
from audit.refs import Ref, Trail
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Refused
from tenants.actions.looking import note_failures
from tenants.identity import typed
from tenants.language.shapes import Panel, Section
from tenants.models import Tenant
from tenants.pages import SectionView, section_view
from tenants.queries import language_in_force
from tenants.reading import Failure, SectionResult, read_sections
from tenants.saying import Sentence, sentences
from tenants.sources.base import Params
from tenants.trying.guarding import MOST_ROWS, NEW_SOURCE, Guarded, guarded
from tenants.trying.models import PanelTrial
from tenants.trying.queries import Tried
from tenants.trying.sight import ColumnSight, Sight, columns_of, sight_of


class NotAllowedToTry(Refused):
    code = "trying_not_allowed"


@dataclass(frozen=True, slots=True)
class PreviewSection:
    """One section as it was answered, `view` is None where nothing was read, and what becomes of its columns."""

    section: Section
    view: SectionView | None
    columns: tuple[ColumnSight, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A panel as a role would meet it on one tenant."""

    role: Role | None
    sight: Sight | None
    tenant: Tenant | None
    sections: tuple[PreviewSection, ...]
    sentences: tuple[Sentence, ...] = ()


def seen_by_two(actor: Person, row: PolicyVersion) -> bool:
    """Tell whether somebody else than the person looking proposed a version, or it was put in force by a second one."""
    return row.state == PolicyVersion.State.ACTIVE or row.proposed_by_id != actor.as_actor().id


def describe_panel(*, actor: Person, tried: Tried, panel: Panel) -> Preview:
    """Return what would be hidden of a panel; no source is asked."""
    guards = _guards(actor, tried, panel)
    return Preview(None, None, None, _sections(panel, guards, None))


def preview_panel(*, actor: Person, tried: Tried, panel: Panel, role: Role, tenant: Tenant) -> Preview:
    """Run a panel of a version on one tenant as a role would see it, and return it with nothing but public values in clear.

    The event is committed before a source is asked; for a role that never sees the panel no source is asked. Raises
    `NotAllowedToTry` without the power to propose or to activate a policy.
    """
    _must_keep_policy(actor)
    guards, sight = _guards(actor, tried, panel), sight_of(role, panel, tried.roles)
    if sight.state == "closed":
        return Preview(role, sight, tenant, _sections(panel, guards, None))
    _record_preview(actor, tried, panel, role, tenant)
    results = _read(tried, panel, guards, tenant)
    note_failures(actor, tenant, [result for result in results if _was_asked(result)], "")
    now = datetime.now(UTC)
    said = tuple(sentence for result in results for sentence in sentences(result, now))
    views = [section_view(result, now) for result in results]
    return Preview(role, sight, tenant, _sections(panel, guards, views), said)


def try_on_ticket(
    *, actor: Person, tried: Tried, panel: Panel, ticket: str, answered: bool, word: str
) -> PanelTrial:
    """Keep whether a panel of a version gave the answer to one real ticket, and return it. The word stays out of the log.

    Raises `NotAllowedToTry` without the power to propose a policy.
    """
    if not actor.has_perm("console.propose_policy"):
        raise NotAllowedToTry(
            "The list of tickets is for those who propose a policy.", scope="propose_policy"
        )
    with transaction.atomic(durable=True):
        trial = PanelTrial(
            policy_version=tried.row.version,
            panel=panel.key,
            ticket=ticket,
            answered=answered,
            word=word.strip(),
            person=actor,
            at=database_now(),
        )
        trial.save(force_insert=True)
        record(
            "panel.tried_on_ticket",
            actor=actor.as_actor(),
            obj=trial.as_ref(),
            trail=Trail(ticket=ticket),
            panel=panel.title,
            key=panel.key,
            version=str(tried.row),
            verdict="it answered" if answered else "it did not answer",
        )
    return trial


def _must_keep_policy(actor: Person) -> None:
    if not (actor.has_perm("console.propose_policy") or actor.has_perm("console.activate_policy")):
        raise NotAllowedToTry("Panels are tried by those who keep the policy.", scope="propose_policy")


def _guards(actor: Person, tried: Tried, panel: Panel) -> list[Guarded]:
    two = seen_by_two(actor, tried.row)
    return guarded(panel, tried.language, language_in_force(), seen_by_two=two)


def _record_preview(actor: Person, tried: Tried, panel: Panel, role: Role, tenant: Tenant) -> None:
    with transaction.atomic(durable=True):
        record(
            "panel.previewed",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            obj=Ref("policy", tried.row.version, str(tried.row)),
            panel=panel.title,
            key=panel.key,
            version=str(tried.row),
            role=role.title,
            scope=panel.scope,
        )


def _read(tried: Tried, panel: Panel, guards: Sequence[Guarded], tenant: Tenant) -> list[SectionResult]:
    directory = tried.language.directory
    external = typed(tenant.external_id, directory.id_type if directory else "text")
    params = Params(tenant.external_id if external is None else external, tenant.slug)
    asked = [(panel, guard.section) for guard in guards if guard.readable]
    answers = iter(read_sections(tried.language, asked, params, at_most=MOST_ROWS))
    return [next(answers) if guard.readable else _not_asked(panel, guard) for guard in guards]


def _not_asked(panel: Panel, guard: Guarded) -> SectionResult:
    source = guard.section.asks[0].source if guard.section.asks else ""
    return SectionResult(panel, guard.section, failure=Failure("source_not_in_force", NEW_SOURCE, source))


def _was_asked(result: SectionResult) -> bool:
    return result.failure is None or result.failure.code != "source_not_in_force"


def _sections(
    panel: Panel, guards: Sequence[Guarded], views: Sequence[SectionView] | None
) -> tuple[PreviewSection, ...]:
    return tuple(
        PreviewSection(
            section, views[index] if views is not None else None, tuple(columns_of(section, guards[index]))
        )
        for index, section in enumerate(panel.sections)
    )
