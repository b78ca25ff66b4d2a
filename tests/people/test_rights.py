"""Standing rights: given with an owner, a reason and a review date, held until their end, kept in step with guardian by PostgreSQL."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import add_person, set_roles
from accounts.leaving.actions import off_board
from accounts.models import StandingRight
from accounts.queries import authority_for
from accounts.rights import actions
from accounts.rights.rules import parse_right_rules
from grants.campaigns.rules import parse_standing
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tests.grants.policies import put_in_force
from tests.people import rights


def later(**ago):
    return datetime.now(UTC) + timedelta(**ago)


@pytest.mark.django_db
def test_a_right_gives_what_the_role_sees_with_its_reason_in_the_log(people, tenant, events):
    person = people("success")
    right = rights.give(person, tenant, exception=True, ends_at=later(days=3), reason="Stands in for a week.")
    why = authority_for(person, "billing.read", tenant)
    assert why
    assert (why.because, why.right_id) == ("object right", right.pk)
    told = events("object_right.given")[-1].sentence
    assert told.startswith(
        f"Administrator gave Success manager a standing right on {tenant}: See one tenant, to be reviewed"
    )
    assert person.has_perm("tenants.view_tenant", tenant)


@pytest.mark.django_db
def test_a_right_on_a_region_reaches_its_tenants_and_no_others(people, tenant, browse_as):
    from tenants.actions.regions import region_named
    from tenants.models import Tenant
    from tenants.queries import tenants_within_reach

    person = people("success")
    rights.give(person, region_named(tenant.region), right="view_region")
    reached = set(tenants_within_reach(person).values_list("region", flat=True))
    assert reached == {tenant.region}
    elsewhere = Tenant.objects.present().exclude(region=tenant.region)[0]
    assert browse_as("success").get(f"/tenants/{tenant.slug}/").status_code == 200
    assert browse_as("success").get(f"/tenants/{elsewhere.slug}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"owner": " "}, "owner"),
        ({"reason": "why not"}, "reason"),
        ({"review_on": datetime.now(UTC).date()}, "review_on"),
        ({"exception": True}, "ends_at"),
        ({"exception": True, "ends_at": later(days=200)}, "ends_at"),
    ],
)
def test_terms_that_will_not_do_are_said_by_field(people, tenant, changes, field):
    with pytest.raises(Invalid) as told:
        rights.give(people("success"), tenant, **changes)
    assert set(told.value.errors) == {field}


@pytest.mark.django_db
def test_the_policy_says_how_long_a_right_and_an_exception_may_stand(
    monkeypatch, people, tenant, other_tenant
):
    long = rights.give(people("success"), tenant, exception=True, ends_at=later(days=60))
    found = "review_days = 366                # a standing right is looked at again within so many days\nexception_days = 92 "
    put_in_force(monkeypatch, ("roles.toml", found, "review_days = 180\nexception_days = 14 "))
    with pytest.raises(Invalid, match="within 180 days"):
        rights.give(people("success"), other_tenant, review_on=later(days=200).date())
    with pytest.raises(Invalid, match="14 days at most"):
        rights.give(people("success"), other_tenant, exception=True, ends_at=later(days=15))
    heir = add_person(actor=people("admin"), username="success2", display_name="Second success manager")
    set_roles(actor=people("admin"), person=heir, roles=["success"])
    off_board(actor=people("admin"), person=people("success"), reason="Left on Friday.", to=heir)
    fitted = heir.standing_rights.get()
    assert fitted.ends_at < long.ends_at
    assert fitted.ends_at <= later(days=14)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            "review_days = 5",
            "roles.toml:2: standing_rights.review_days is 5; write a whole number from 30 to 1096",
        ),
        (
            'exception_days = "92"',
            "roles.toml:3: standing_rights.exception_days is '92'; write a whole number",
        ),
        ("longest = 9", "roles.toml:4: standing_rights.longest is not known"),
    ],
)
def test_times_out_of_range_are_told_with_their_line(table, says):
    lines = {"review_days": "review_days = 100", "exception_days": "exception_days = 20", "longest": ""}
    lines[table.split()[0]] = table
    text, problems = "[standing_rights]\n" + "\n".join(lines.values()), Problems()
    parse_right_rules(Bundle({"roles.toml": text}), problems)
    assert [str(problem)[: len(says)] for problem in problems.found] == [says]


def test_a_review_that_keeps_for_longer_than_a_right_may_stand_is_told():
    problems = Problems()
    files = {"roles.toml": "[standing_rights]\nreview_days = 90\nexception_days = 5\n"}
    parse_standing(Bundle(files | {"reviews.toml": "[standing]\ndays = 7\nkeep_days = 180\n"}), problems)
    assert "reviews.toml:3: standing.keep_days is 180" in str(problems.found[0])


@pytest.mark.django_db
def test_two_administrators_who_keep_one_right_do_not_undo_each_other(browse_as, people, tenant):
    right, browser = rights.give(people("success"), tenant), browse_as("admin")
    path = f"/people/rights/{right.pk}/"
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(path).content.decode()).group(1)
    form = {
        "owner": "Head of support",
        "reason": right.reason,
        "review_on": str(right.review_on),
        "seen": seen,
    }
    assert browser.post(path, form).status_code == 302
    assert browser.post(path, form | {"owner": "Somebody"}).status_code == 409


@pytest.mark.django_db
def test_a_right_is_kept_taken_once_and_given_to_nobody_by_themselves(people, tenant, events):
    admin, right = people("admin"), rights.give(people("success"), tenant)
    actions.renew_right(actor=admin, right_id=right.pk, terms=rights.terms(owner="Head of support"))
    actions.take_right(actor=admin, right_id=right.pk, comment="The customer left.")
    assert not people("success").has_perm("tenants.view_tenant", tenant)
    assert events("object_right.ended")[-1].sentence == (
        f"The right of Success manager on {tenant} ended: See one tenant. Taken, by Administrator: The customer left."
    )
    with pytest.raises(Conflict):
        actions.take_right(actor=admin, right_id=right.pk)
    with pytest.raises(Refused):
        actions.give_right(actor=admin, person=admin, right="view_tenant", obj=tenant, terms=rights.terms())
    with pytest.raises(Refused):
        actions.give_right(
            actor=people("agent"),
            person=people("success"),
            right="view_tenant",
            obj=tenant,
            terms=rights.terms(),
        )


def test_postgresql_keeps_guardian_and_the_terms_in_step_and_an_end_in_force(
    committed, people, tenant, as_owner
):
    from guardian.shortcuts import assign_perm, remove_perm

    from audit.actions import record
    from audit.refs import SYSTEM

    person = people("success")
    right = rights.give(person, tenant, exception=True, ends_at=later(days=1))

    def half_done(change):
        with transaction.atomic():
            change()
            record("log.searched", actor=SYSTEM, filters=["another"])

    with pytest.raises(IntegrityError, match="with its terms"):
        half_done(lambda: remove_perm("tenants.view_tenant", person, tenant))
    with pytest.raises(IntegrityError, match="with its terms"):
        half_done(lambda: assign_perm("tenants.view_tenant", people("agent"), tenant))
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        StandingRight.objects.filter(pk=right.pk).delete()
    past = "UPDATE accounts_standingright SET since = since - interval '2 days', ends_at = ends_at - interval '26 hours'"
    as_owner(
        f"ALTER TABLE accounts_standingright DISABLE TRIGGER USER; {past}; ALTER TABLE accounts_standingright ENABLE TRIGGER USER"
    )
    assert not person.has_perm("tenants.view_tenant", tenant)
    assert authority_for(person, "billing.read", tenant) is None
    assert actions.close_rights_over() == 1
    right.refresh_from_db()
    assert right.end_cause == "over"
