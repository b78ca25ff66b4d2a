"""What the portfolio shows of each tenant: facts as sentences, and health as a sentence with its reasons. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tenants.desk.asking import Answer
from tenants.desk.shapes import Health, Rule
from tenants.identity import TypedId
from tenants.language.shapes import Glossary, Panel
from tenants.models import Tenant
from tenants.reading import SectionResult
from tenants.records import records
from tenants.saying import Sentence, sentences

WORST_FIRST = ("bad", "notice", "neutral", "good")
MOST_ROWS = 5  # of one query about one tenant; the rest is counted


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a tenant: a title and its sentences, or why it is not known."""

    title: str
    said: tuple[Sentence, ...] = ()
    text: str = ""
    more: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class TenantHealth:
    """One tenant of a book. The verdict is the worst tone among the reasons, in words."""

    tenant: Tenant
    tone: str
    verdict: str
    reasons: tuple[Sentence, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A book as it was read at one moment; `failures` are sentences about queries that did not answer, `not_asked` the titles
    of those under scopes the person does not hold: the verdicts leave them out."""

    tenants: tuple[TenantHealth, ...]
    as_of: datetime
    policy_version: str
    failures: tuple[str, ...] = ()
    left_out: int = 0
    not_asked: tuple[str, ...] = ()

    @property
    def counted(self) -> list[tuple[str, str, int]]:
        """Each verdict with its tone and how many tenants have it, the most urgent first."""
        found = Counter((one.verdict, one.tone) for one in self.tenants)
        return [(words, tone, count) for (words, tone), count in found.items()]


def health_of_tenant(
    tenant: Tenant, wanted: TypedId, health: Health, answers: Sequence[Answer], glossary: Glossary
) -> TenantHealth:
    """Judge one tenant by the rules. A query that did not answer is a reason of its own: not known is not healthy."""
    now = datetime.now(UTC)
    results = {a.query.key: _result(a, wanted, glossary) for a in answers}
    failed = {a.query.key for a in answers if a.failure}
    reasons = [
        said
        for rule in health.rules
        if rule.query in results and rule.query not in failed
        for said in _reason(rule, results[rule.query], now)
    ]
    reasons.sort(key=lambda said: WORST_FIRST.index(said.tone))
    worst = reasons[0].tone if reasons else "good"
    unknown = bool(failed) or not answers
    tone = "neutral" if unknown and worst not in ("bad", "notice") else worst
    return TenantHealth(
        tenant, tone, health.verdict(tone), tuple(reasons), tuple(_line(a, results, now) for a in answers)
    )


def _result(answer: Answer, wanted: TypedId, glossary: Glossary) -> SectionResult:
    section = answer.query.section
    return SectionResult(
        Panel(answer.query.key, section.title, "", "account", answer.query.scope),
        section,
        tuple(records(section, answer.rows.get(wanted, ()), glossary)),
    )


def _reason(rule: Rule, result: SectionResult, now: datetime) -> list[Sentence]:
    return sentences(replace(result, section=replace(result.section, says=(rule.say,))), now)


def _line(answer: Answer, results: dict[str, SectionResult], now: datetime) -> Line:
    query, result = answer.query, results[answer.query.key]
    if answer.failure:
        return Line(query.title, text=answer.failure, failed=True)
    if not result.records:
        return Line(query.title, text=query.section.empty)
    shown = result.records[:MOST_ROWS]
    said = [one for record in shown for one in sentences(replace(result, records=(record,)), now)]
    return Line(query.title, tuple(said), more=max(0, len(result.records) - MOST_ROWS))
