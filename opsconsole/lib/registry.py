"""Needs that point upward are turned round here: higher apps fill these lists in `AppConfig.ready()` (design.md, section 2)."""

from collections.abc import Callable, Mapping
from typing import Any

Contributor = Callable[..., Any]

enders: list[Contributor] = []
"""Each ends what one person who leaves holds, in that verb's transaction: `ender(person=…, actor=…, reason=…) -> list[str]`, sentences of
what was ended. `actor` is None where the company's own systems told the console."""

role_enders: list[Contributor] = []
"""As `enders`, for what a person's roles of this moment no longer allow; called within a change of roles."""

handers: list[Contributor] = []
"""Each passes on what one person who leaves looked after: `hand(person=…, to=…, actor=…) -> list[str]`; with `to` None it waits for
anybody."""

grant_news: list[Contributor] = []
"""Each hears in the verb's transaction of access that ended or became less: `hear(grant_ids=…, ended=…)`."""

explainers: list[Contributor] = []
"""Each tells what one person can do right now and through what: `explain(person=…, tenant_id=…) -> list[opsconsole.lib.holdings.Holding]`;
with `tenant_id` only what can matter for that tenant."""

home_cards: list[Contributor] = []
"""Each adds to the home page: `card(person=…, powers=…) -> dict[str, object]` for the template."""

home_lists: list[Contributor] = []
"""Each adds lists to the home page: `lists(person=…, powers=…) -> list[opsconsole.lib.home.HomeList]`, those of the person's own work."""

sweeps: dict[str, Contributor] = {}
"""Name of a beat sweep -> function without arguments that makes one pass and returns how many rows it changed."""

audit_reach: list[Contributor] = []
"""Each narrows what a reader of the log may see: `reach(person=…) -> Q | None`, None for no limit."""

beat_entries: dict[str, tuple[str, float]] = {}
"""Name of a beat entry -> (Celery task, seconds between two runs)."""

gauges: dict[str, tuple[str, Contributor]] = {}
"""Name of a Prometheus gauge -> (help text, function without arguments that returns a number), read at each scrape."""

readiness: list[Callable[[], Mapping[str, Contributor]]] = []
"""Each returns parts: name -> function without arguments that raises where the part is not ready."""

resolvers: dict[str, Callable[[str], list[str]]] = {}
"""Filter of the log (actor, tenant) -> function that turns a typed name into the ids that events carry, empty where it knows none."""

review_sections: list[Contributor] = []
"""Each adds a section to `/reviews/`: `section(person=…) -> dict` with `key`, `title`, `lead`, `template` and what the template needs."""

grant_sections: list[Contributor] = []
"""Each adds a section to the page of a grant: `section(person=…, grant=…) -> dict | None`, shaped like those of `/reviews/`."""

policy_sections: list[Contributor] = []
"""Each adds a section to the page of a policy version: `section(person=…, version=…) -> dict | None`, shaped like those of `/reviews/`."""

note_targets: list[Contributor] = []
"""Each says where facts of a tenant can be attached: `targets(person=…, tenant_id=…) -> list[dict]`, the `label` and `url` of a POST."""

portfolio_lines: list[Contributor] = []
"""Each adds a line to the portfolio: `line(tenant_ids=…) -> (title, {tenant id: sentence})`."""

leftovers: list[Contributor] = []
"""Each says what was added under a case and whether it is gone: `leftover(case_id=…)`, a list of sentences with the answer."""

tellers: list[Contributor] = []
"""Each tells people something in the running transaction: `tell(kind=…, people=[…], now=…, path=…)`."""

people_with: list[Contributor] = []
"""Each knows who holds a power of the policy in force: `people(power=…)`, the active people."""

customer_pages: dict[str, Contributor] = {}
"""Kind of a customer's link -> what it shows: `page(about=…) -> dict` with `template`, `what` (for the log), `trail`, `mail` (what its
e-mail says before the link) and what the template needs."""

customer_answers: dict[str, Contributor] = {}
"""Kind of a customer's link -> verb for what its form sends: `answer(link_id=…, comment=…)`, raises `Invalid` and `Conflict`."""

finders: list[Contributor] = []
"""Each answers the palette: `find(person=…, text=…) -> list[opsconsole.lib.hits.Hit]`, only what this person may open."""

evidence_tables: list[Contributor] = []
"""Each adds what its rows say to an evidence pack: `tables(found=opsconsole.lib.evidence.Found) -> list[opsconsole.lib.evidence.Table]`."""

ticket_judges: list[Contributor] = []
"""Each judges a ticket number that a link carries: `judge(text=…) -> str`, empty where it is one, else a sentence for the person."""

ticket_cases: list[Contributor] = []
"""Each knows the cases under a ticket: `cases(person=…, ticket=…, tenant_id=…) -> list[dict]` with `id`, `url`, `label` and whether
it is the person's own open one, `own`."""

policy_news: list[Contributor] = []
"""Each hears of a policy in the verb's transaction: `hear(news="proposed" or "activated", version=…, by=<actor id>, at=…)`."""
