from opsconsole.lib.bundle import Bundle
from tests.tenants.bundles import PANEL, bundle, language, mistakes

TWENTY = '''
title = "Billing"
area = "biling"
scope = "biling.read"
ordr = 20

[[section]]
key = "Last Charges"
kind = "tabel"
source = "prodct"
limit = "25"
query = """
select * from charge
where tenant = :tennant; drop table charge
"""
  [[section.column]]
  key = "status"
  lable = "Status"
  kind = "pubic"
  [[section.column]]
  key = "amount"
  kind = "public"
  format = "money"
  [[section.column]]
  key = "email"
  [[section.column]]
  key = "email"
  kind = "public"
  reveal = "people.revel"
  [[section.column]]
  key = "settings"
  kind = "public"
  format = "json"
  [[section.column]]
  key = "at"
  kind = "public"
  format = "time"
  zone = "Mars/Olympus"
  [[section.says]]
  when = { column = "stats", is = ["failed"] }
  say = "It failed {failed_at}."
  tone = "red"
'''


def test_a_sound_bundle_has_no_mistakes():
    assert mistakes(bundle()) == []


def test_twenty_mistakes_are_told_at_once_each_with_its_line_and_its_mend():
    found = mistakes(bundle(billing=TWENTY))
    for line, word, mend in (
        (1, "question is missing", "write the question"),
        (3, 'area = "biling" is not known', "did you mean billing?"),
        (4, "no scope is called biling.read", "did you mean billing.read?"),
        (5, "ordr is not a key", "did you mean order?"),
        (8, "Last Charges", "last_charges"),
        (9, 'kind = "tabel" is not known', "did you mean table?"),
        (10, "no source is called prodct", "did you mean product?"),
        (7, "tenant_column is missing", "every row is compared"),
        (11, "limit is not a whole number", "without quotes"),
        (14, "no parameter is called :tennant", "did you mean :tenant?"),
        (14, "more than one statement", "two sections"),
        (13, "the query never uses :tenant", "one tenant only"),
        (18, "lable is not a key", "did you mean label?"),
        (19, 'kind = "pubic" is not known', "did you mean public?"),
        (23, "money without a currency", "currency_is"),
        (24, "the column has no kind", "nothing is shown without"),
        (27, "the column email is declared twice", "take one"),
        (29, "only a personal column can be revealed", "personal"),
        (29, "no scope is called people.revel", "roles.toml"),
        (33, "a JSON column without paths", "paths"),
        (38, 'no time zone is called "Mars/Olympus"', "Europe/Berlin"),
        (40, "names the column stats, which is not declared", "did you mean status?"),
        (41, "the sentence names {failed_at}", "use one of"),
        (42, 'tone = "red" is not known', "use one of good, notice, bad, neutral"),
    ):
        fitting = [m for m in found if word in m and mend in m]
        assert fitting, (word, found)
        assert fitting[0].startswith(f"panels/billing.toml:{line}: "), fitting[0]


def test_a_broken_file_does_not_hide_the_mistakes_of_the_others():
    files = {
        **bundle().files,
        "glossary.toml": "[status\n",
        "directory.toml": 'source = "product"\nid_type = "guid"\n',
    }
    found = mistakes(Bundle(files))
    assert any(m.startswith("glossary.toml:1: ") for m in found)
    assert any("id_type" in m and "did you mean uuid?" in m for m in found)
    assert any(m.startswith("directory.toml:1: query is missing") for m in found)


def test_a_query_without_its_tenant_does_not_load():
    found = mistakes(bundle(billing=PANEL.replace("where tenant_id = :tenant", "")))
    assert any("never uses :tenant" in m for m in found)


def test_a_password_in_the_bundle_is_a_mistake():
    sources = '[source.product]\nkind = "postgresql"\nurl_env = "postgresql://console:pw@db/product"\n'
    found = mistakes(Bundle({**bundle().files, "sources.toml": sources}))
    assert any("url_env holds an address" in m for m in found)


def test_a_check_that_names_no_section_is_a_mistake():
    text = (
        PANEL
        + """
[[check]]
key = "plan"
title = "Plan"
left = { label = "Billing", section = "billing.charges", column = "status" }
right = { label = "App", section = "billing.chrges", column = "status" }
"""
    )
    assert any(
        "no section is called billing.chrges; did you mean billing.charges?" in m
        for m in mistakes(bundle(billing=text))
    )


def test_what_is_read_is_what_was_written():
    panel = language(bundle()).panel("billing")
    assert panel is not None
    section = panel.section("charges")
    assert section is not None
    assert [c.key for c in section.columns] == ["status", "email", "token"]
    assert section.column("status").label == "Status"
    assert section.asks[0].query.parameters == {"tenant"}
    assert section.limit == 25
