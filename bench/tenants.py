"""Looking at a tenant: the page beside its bare SQL, a slow source, what one panel costs above its query, search at size.

`OPSCONSOLE_BENCH_TENANTS` sets how many tenants are searched (1,000,000).
"""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.engine import ROOT, as_owner, console_database
from bench.rows import Row
from bench.timing import median_ms
from bench.visitor import signed_in
from opsconsole.embedded.roles import Urls

TENANTS = int(os.environ.get("OPSCONSOLE_BENCH_TENANTS", "1000000"))
TURNS = 40
COLUMNS = "".join(
    f'  [[section.column]]\n  key = "c{n}"\n  label = "Column {n}"\n  kind = "{kind}"\n'
    for n, kind in enumerate(["public"] * 9 + ["personal"] * 3)
)
FIFTY = f"""
title = "Fifty rows"
question = "What does a panel cost?"
area = "activity"
order = 90
owner = "bench"
escalation = "None."
scope = "account.read"

[[section]]
key = "rows"
title = "Rows"
kind = "table"
source = "product"
tenant_column = "tenant_id"
limit = 50
query = \"\"\"
select t.id as tenant_id, {", ".join(f"'value ' || n || '-{c}' as c{c}" for c in range(12))}
from tenants t, generate_series(1, 50) as n where t.id = :tenant
\"\"\"
{COLUMNS}"""
WAITING = """
title = "Waiting"
question = "What does a slow source cost?"
area = "activity"
order = 91
owner = "bench"
escalation = "None."
scope = "account.read"

[[section]]
key = "wait"
title = "Wait"
kind = "facts"
source = "product"
tenant_column = "tenant_id"
query = \"\"\"
select id as tenant_id, case when slug = '{slug}' then pg_sleep(1)::text else 'no' end as waited from tenants where id = :tenant
\"\"\"
  [[section.column]]
  key = "waited"
  label = "Waited"
  kind = "public"
"""
FILL = """
    INSERT INTO tenants_tenant
      (id, external_id, slug, name, name_key, environment, region, status, domains, search_text, seen_at, changed_at,
       consent_contact)
    SELECT gen_random_uuid(), 'bench-id-' || n, 'bench-tenant-' || n, named.name, lower(named.name), 'production', 'eu', 'active',
           ARRAY['bench-' || n || '.example'],
           lower(named.name || ' bench-tenant-' || n || ' bench-id-' || n || ' bench-' || n || '.example'), now(), now(), ''
    FROM generate_series(1, %s) AS n,
         LATERAL (SELECT (ARRAY['Orchard', 'Harbour', 'Lantern', 'Paper', 'Copper'])[1 + n %% 5] || ' ' || n || ' Ltd' AS name) AS named"""


def run() -> list[Row]:
    """Server times through the whole of Django, without the network, beside psycopg on the same data in the same run."""
    with console_database() as urls, tempfile.TemporaryDirectory() as place:
        os.environ["OPSCONSOLE_DEMO"] = "1"
        as_owner(urls, "-m", "demo.productdb")
        slow, usual = _two_tenants(urls)
        as_owner(
            urls, "manage.py", "bootstrap", "--without-history", OPSCONSOLE_POLICY=_policy(Path(place), slow)
        )
        agent = signed_in("agent")
        return [*_pages(agent, usual, slow), *_panel(agent, usual), *_search(agent, urls)]


def _two_tenants(urls: Urls) -> tuple[str, str]:
    import psycopg

    with psycopg.connect(urls.product_reader) as product:
        rows = product.execute(
            "select slug from tenants where environment = 'production' order by slug limit 2"
        )
        first, second = (row[0] for row in rows)
    return first, second


def _policy(place: Path, slow: str) -> str:
    """The demo's bundle with two panels more."""
    bundle = place / "policy"
    shutil.copytree(ROOT / "demo" / "policy", bundle)
    (bundle / "panels" / "fifty.toml").write_text(FIFTY)
    (bundle / "panels" / "waiting.toml").write_text(WAITING.replace("{slug}", slow))
    return str(bundle)


def _get(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _pages(agent: Any, usual: str, slow: str) -> list[Row]:
    bare = median_ms(_bare(usual, None), TURNS)
    page = median_ms(partial(_get, agent, f"/tenants/{usual}/"), TURNS)
    waited = median_ms(partial(_get, agent, f"/tenants/{slow}/"), 5)
    bar = max(1.5 * bare, bare + 30)
    note = f"bare SQL one after the other {bare:.1f} ms; the bar is 1.5 times it, or 30 ms above"
    return [
        Row("tenant page, server time", page, bar, "ms", note),
        Row("tenant page with one source at 1 s", waited, 1100, "ms"),
    ]


def _bare(slug: str, panel: str | None) -> Any:
    """The queries of every panel the agent opens, one after the other on one connection, each row fetched."""
    import psycopg
    from psycopg.rows import dict_row

    from accounts.models import Person
    from audit.context import surface
    from tenants.models import Tenant
    from tenants.queries import access_to, language_in_force
    from tenants.sources.base import Params

    with surface("command"):
        agent, tenant = Person.objects.get(username="agent"), Tenant.objects.get(slug=slug)
        access = access_to(agent, tenant, language_in_force().panels)
    asks = [
        (ask.query.for_driver().encode(), section.limit)
        for one in access
        if one.authority and panel in (None, one.panel.key)
        for section in one.panel.sections
        for ask in section.asks
    ]
    params = Params(tenant.external_id, slug).named()
    connection = psycopg.connect(os.environ["PRODUCT_DATABASE_URL"], autocommit=True, row_factory=dict_row)

    def ask_all() -> None:
        for sql, limit in asks:
            connection.execute(sql, params).fetchmany(limit)

    return ask_all


def _panel(agent: Any, usual: str) -> list[Row]:
    """Authority, event, masks and the panel's own HTML, beside its query; the note says what the whole page takes."""
    from accounts.models import Person
    from audit.context import surface
    from tenants.actions import open_panel
    from tenants.models import Tenant
    from tenants.panel_markup import panel
    from tenants.section_markup import Frame

    person, tenant = Person.objects.get(username="agent"), Tenant.objects.get(slug=usual)
    frame = Frame(tenant=f"/tenants/{usual}/", slug=usual, whole=True)

    def look() -> None:
        with surface("web"):
            panel(open_panel(actor=person, tenant=tenant, key="fifty").only, frame)

    query = median_ms(_bare(usual, "fifty"), TURNS)
    own = median_ms(look, TURNS)
    page = median_ms(partial(_get, agent, f"/tenants/{usual}/panels/fifty/"), TURNS)
    bare = median_ms(partial(_get, agent, "/tenants/"), TURNS)
    note = f"its query {query:.1f} ms, the panel {own:.1f} ms; the whole page {page:.1f} ms, a page with no panel {bare:.1f} ms"
    return [Row("one panel above its query, 50 rows of 12 columns", own - query, 5, "ms", note)]


def _search(agent: Any, urls: Urls) -> list[Row]:
    """First results of every kind of search beside a page that looks one row up by its primary key: a case."""
    case = _case()
    _fill(urls)
    lookup = median_ms(partial(_get, agent, f"/cases/{case}/"), TURNS)
    asked = {
        "the whole slug": "bench-tenant-777777",
        "the beginning of a name": "Orchard 4711",
        "a word inside many names": "harbour",
        "an e-mail address": "owner@bench-31337.example",
        "an id": "bench-id-500000",
        "words that no tenant has": "zebra crossing",
        "three letters": "arb",
    }
    times = {
        what: median_ms(partial(_get, agent, f"/tenants/?q={quote(text)}")) for what, text in asked.items()
    }
    size = f"{TENANTS:,} tenants; a case by its key {lookup:.1f} ms"
    return [Row(f"search: {what}", took, 5 * lookup, "ms", size) for what, took in times.items()]


def _case() -> str:
    from accounts.models import Person
    from audit.context import surface
    from grants.actions import open_case
    from tenants.models import Tenant

    with surface("command"):
        agent = Person.objects.get(username="agent")
        tenant = Tenant.objects.filter(environment="production")[0]
        return str(
            open_case(
                actor=agent, ticket="HD-1", tenant=tenant, issue="The last import stopped at row 431."
            ).pk
        )


def _fill(urls: Urls) -> None:
    import psycopg

    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE tenants_tenant DISABLE TRIGGER USER")
        owner.execute(FILL, [TENANTS])
        owner.execute("ALTER TABLE tenants_tenant ENABLE TRIGGER USER")
        owner.execute("VACUUM ANALYZE tenants_tenant")
