import pytest

from opsconsole.lib.bundle import Bundle, check
from tests.grants import desk
from tests.people import rights
from tests.tenants.policies import DEMO, put_in_force

BOOK = ("copperleaf-roasters-prod-us", "lumen-yoga-studio-prod-ap", "marlow-tiles-prod-eu")
HEALTH = (DEMO / "health.toml").read_text(encoding="utf-8")
ROLES = (DEMO / "roles.toml").read_text(encoding="utf-8")
pytestmark = pytest.mark.django_db


@pytest.fixture
def book(people):
    """Put tenants into the success manager's book."""
    from tenants.models import Tenant

    tenants = list(Tenant.objects.filter(slug__in=BOOK).order_by("slug"))
    for one in tenants:
        put_into_book(people("success"), one)
    return tenants


def put_into_book(person, tenant):
    """Give the right as an administrator does."""
    rights.give(person, tenant)


def read(client, path="/portfolio/", status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def words(page):
    import re

    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def test_the_book_holds_its_tenants_and_no_other(browse_as, book, other_tenant):
    page = read(browse_as("success"))
    for one in book:
        assert one.name in page
    assert other_tenant.name not in page


def test_health_is_a_sentence_with_its_reasons_the_urgent_first(browse_as, book):
    page = words(read(browse_as("success")))
    assert page.index("Copperleaf Roasters") < page.index("Marlow Tiles")
    assert "Needs somebody now The last payment failed. Recurring Invoices is locked" in page
    assert "The trial is over and no plan was chosen." in page


def test_each_tenant_shows_onboarding_stalls_integrations_exceptions_usage_renewal_and_rollouts(
    browse_as, book
):
    page = words(read(browse_as("success")))
    for title in (
        "Onboarding", "Stalled steps", "Missing integrations", "Exceptions", "Usage", "Renewal", "Rollouts",
        "Unresolved cases",
    ):  # fmt: skip
        assert page.count(title) == len(book), title


def test_unresolved_cases_are_counted_without_their_words(browse_as, book):
    agent = browse_as("agent")
    desk.open_case(agent, book[0], "HD-48192", issue="The owner is angry.")
    desk.open_case(agent, book[0], "HD-48193")
    page = read(browse_as("success"))
    assert "2 cases, the oldest since" in page
    assert "angry" not in page
    assert "HD-48192" not in page


def test_opening_the_portfolio_is_one_event_that_names_the_tenants(browse_as, book, events):
    read(browse_as("success"))
    (opened,) = events("portfolio.opened")
    assert opened.sentence.startswith(f"Success manager looked at the health of {book[0]}, {book[1]}")
    assert opened.authority == "object right"
    assert "renewal" in opened.fields["queries"]


def test_the_event_stands_before_a_source_is_asked(browse_as, book, monkeypatch):
    from tenants.desk import actions

    asked = []
    monkeypatch.setattr(actions, "ask_for_book", lambda *a: asked.append(1) or [])
    monkeypatch.setattr(actions, "record", _broken)
    client = browse_as("success")
    client.raise_request_exception = False
    assert client.get("/portfolio/").status_code == 500
    assert asked == []


def _broken(*_args, **_kwargs):
    raise OSError("the log is full")


def test_an_empty_book_says_how_a_tenant_gets_into_it_and_asks_no_source(browse_as, events):
    assert "Your book is empty" in read(browse_as("success"))
    assert "Your book is empty" in read(browse_as("agent"))
    assert not events("portfolio.opened")


def test_only_queries_under_a_scope_of_ones_role_are_asked(browse_as, book, events):
    more = '"billing.read", "jobs.read", "flags.read", "activity.read"]\n\n[role.finance]'
    assert more in ROLES
    put_in_force(roles=ROLES.replace(more, '"billing.read"]\n\n[role.finance]'))
    page = read(browse_as("success"))
    assert "Renewal" in page
    assert (
        "Left out, under scopes you do not hold: Stalled steps, Missing integrations, Usage, Rollouts."
        in page
    )
    assert "<dt>Rollouts</dt>" not in page
    assert events("portfolio.opened")[0].fields["scopes"] == ["account.read", "billing.read"]


def test_a_tenant_outside_of_the_book_does_not_exist(browse_as, book, other_tenant, tenant):
    client = browse_as("success")
    assert client.get(f"/portfolio/{tenant.slug}/").status_code == 404
    assert client.get("/portfolio/no-such-tenant/").status_code == 404
    assert client.post(f"/portfolio/{tenant.slug}/notes/", {"text": "Hello there"}).status_code == 404
    for name in ("compliance", "admin", "outsider"):
        assert browse_as(name).get("/portfolio/").status_code == 403


def test_a_note_is_kept_with_author_and_time_and_an_event_without_its_words(browse_as, book, events):
    client, path = browse_as("success"), f"/portfolio/{book[0].slug}/"
    answer = client.post(path + "notes/", {"text": "They want to hear when the seats are there."})
    assert (answer.status_code, answer.url) == (302, path)
    page = words(read(client, path))
    assert "They want to hear when the seats are there." in page
    assert "Success manager" in page
    (event,) = events("note.written")
    assert event.sentence == f"Success manager wrote a note on {book[0]}"
    assert "seats" not in str(event.fields)


@pytest.mark.parametrize("text", ["", "  ", "Hm", "x" * 2001])
def test_a_note_that_says_nothing_or_too_much_is_refused(browse_as, book, text):
    from tenants.models import TenantNote

    answer = browse_as("success").post(f"/portfolio/{book[0].slug}/notes/", {"text": text})
    assert answer.status_code == 422
    assert not TenantNote.objects.exists()


def test_a_note_is_never_changed_or_removed(browse_as, book):
    from django.db import DatabaseError, connection, transaction

    browse_as("success").post(f"/portfolio/{book[0].slug}/notes/", {"text": "They want more seats."})
    for verb in ("UPDATE tenants_tenantnote SET text = 'no'", "DELETE FROM tenants_tenantnote"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_html_in_a_note_is_shown_as_text(browse_as, book):
    client, path = browse_as("success"), f"/portfolio/{book[0].slug}/"
    client.post(path + "notes/", {"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in read(client, path)


def one_query(query, more="", columns='  [[query.column]]\n  key = "what"\n  kind = "public"\n'):
    return f'''
[[query]]
key = "trial"
title = "Trial"
scope = "account.read"
source = "product"
tenant_column = "tenant_id"
say = "{{what}}."
query = """
{query}
"""
{columns}
{more}
'''


def test_rows_of_tenants_nobody_asked_for_stop_the_query_and_are_an_event(
    browse_as, book, events, other_tenant
):
    put_in_force(
        health=one_query("select id as tenant_id, name as what from tenants where id = any(:tenants) or true")
    )
    page = read(browse_as("success"))
    assert other_tenant.name not in page
    assert "Stopped" in page
    (stopped,) = events("portfolio.leak_stopped")
    assert stopped.fields["rows"] > 1
    assert other_tenant.name not in stopped.sentence


def test_a_query_that_fails_is_not_known_and_never_healthy(browse_as, book, events):
    put_in_force(
        health=one_query(
            "select id as tenant_id, (1 / 0)::text as what from tenants where id = any(:tenants)"
        )
    )
    page = words(read(browse_as("success")))
    assert "A part could not be read" in page
    assert "Not known" in page
    assert "Nothing stands out" not in page
    assert len(events("portfolio.query_failed")) == 1


def test_a_tenant_without_a_reason_is_well_in_words(browse_as, book):
    put_in_force(
        health=one_query("select id as tenant_id, 'fine' as what from tenants where id = any(:tenants)")
    )
    assert "Nothing stands out No rule of the policy asks for attention." in words(read(browse_as("success")))


def test_a_bundle_without_the_file_still_has_a_book_and_calls_nobody_healthy(browse_as, book, monkeypatch):
    from tenants.desk import actions
    from tenants.desk.shapes import Health

    monkeypatch.setattr(actions, "health_in_force", Health)
    page = words(read(browse_as("success")))
    assert book[0].name in page
    assert "Not known The policy asks nothing about health that is open to you." in page
    bundle = {p: t for p, t in Bundle.from_directory(DEMO).files.items() if p != "health.toml"}
    assert not [p for p in check(Bundle(bundle)) if "health" in p.path]


def test_the_example_of_the_reference_has_no_mistake(monkeypatch):
    monkeypatch.delenv("PRODUCT_DATABASE_URL")
    text = (DEMO.parents[1] / "docs" / "policy-health.md").read_text(encoding="utf-8")
    example = next(block for block in text.split("```toml\n") if "[[query]]" in block).split("```")[0]
    bundle = Bundle({**Bundle.from_directory(DEMO).files, "health.toml": example})
    assert [str(p) for p in check(bundle) if p.path == "health.toml"] == []


def test_the_demo_s_file_has_no_mistake():
    assert [str(p) for p in check(Bundle.from_directory(DEMO)) if p.path == "health.toml"] == []


MISTAKES = [
    (one_query("select id as tenant_id, name as what from tenants"), "never uses :tenants"),
    (one_query("select id as tenant_id, name as what from tenants where id = :tenant"), "only :tenants|did you mean :tenants"),
    (one_query("delete from tenants where id = any(:tenants)"), "begins with 'delete'"),
    (
        one_query(
            "select tenant_id, email as what from users where tenant_id = any(:tenants)",
            columns='  [[query.column]]\n  key = "what"\n  kind = "personal"\n',
        ),
        "the column what is not public",
    ),
    (HEALTH.replace('query = "renewal"', 'query = "renewl"', 1), "did you mean renewal"),
    (HEALTH.replace("{next_step}", "{next_stop}"), "did you mean next_step"),
    (HEALTH.replace('scope = "flags.read"', 'scope = "flag.read"'), "did you mean flags.read"),
    (HEALTH.replace('tone = "bad"', 'tone = "red"', 1), "not known"),
    (HEALTH + '\n[[rule]]\nkey = "late"\nquery = "usage"\nsay = "Late."\ntone = "bad"\n', "the rule has no when"),
    ("", "there is no query"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), MISTAKES)
def test_a_mistake_in_the_file_is_told_with_its_line_and_mend(text, says, monkeypatch):
    import re

    monkeypatch.delenv("PRODUCT_DATABASE_URL")
    bundle = Bundle({**Bundle.from_directory(DEMO).files, "health.toml": text})
    told = [str(p) for p in check(bundle) if p.path == "health.toml"]
    assert re.search(says, " ".join(told)), told


def test_a_first_standing_right_is_given_by_the_owner_of_the_tables_only(people, tenant):
    from accounts.actions import actor_named
    from accounts.guarding import MayNotManagePeople
    from accounts.rights.actions import install_right

    with pytest.raises(MayNotManagePeople):
        install_right(
            actor=actor_named("Somebody"),
            person=people("success"),
            right="view_tenant",
            obj=tenant,
            terms=rights.terms(),
        )
