"""Changing people: only administrators, never on themselves, always with an event, in Django admin too."""

import pytest

from accounts import actions
from opsconsole.lib.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db


def test_an_administrator_adds_a_person_who_holds_nothing(people, events):
    made = actions.add_person(actor=people("admin"), username="newcomer", display_name="Newcomer")
    assert not made.has_perm("console.see")
    assert events("person.added")[-1].sentence == "Administrator added Newcomer"


def test_an_agent_cannot_change_people(people):
    with pytest.raises(Refused):
        actions.set_roles(actor=people("agent"), person=people("outsider"), roles=["support"])


def test_nobody_changes_their_own_roles(people):
    with pytest.raises(Refused, match="their own roles"):
        actions.set_roles(actor=people("admin"), person=people("admin"), roles=["support_lead"])


def test_a_role_change_is_told_with_what_was_given_and_taken(people, events):
    actions.set_roles(actor=people("admin"), person=people("agent"), roles=["success"])
    assert events("person.roles_changed")[-1].sentence == (
        "Administrator changed the roles of Agent: gave success: took support"
    )
    assert not people("agent").has_perm("console.ask")


def test_a_role_the_policy_does_not_know_is_refused(people):
    with pytest.raises(Invalid, match="knows no role"):
        actions.set_roles(actor=people("admin"), person=people("agent"), roles=["wizard"])


def test_powers_the_policy_keeps_apart_are_not_given_to_one_person(people):
    with pytest.raises(Invalid, match="in two hands"):
        actions.set_roles(actor=people("admin"), person=people("outsider"), roles=["admin", "support_lead"])


def test_somebody_must_be_left_who_manages_people(people):
    admin = people("admin")
    second = actions.add_person(actor=admin, username="admin2", display_name="Second administrator")
    actions.set_roles(actor=admin, person=second, roles=["admin"])
    actions.set_active(actor=second, person=admin, active=False)
    admin.refresh_from_db()
    with pytest.raises(Refused):
        actions.set_active(actor=second, person=second, active=False)
    with pytest.raises((Conflict, Refused)):
        actions.set_active(actor=admin, person=second, active=False)


def test_first_people_are_not_installed_by_the_app(people):
    from demo.people import PEOPLE

    with pytest.raises(Refused, match="owner of the database"):
        actions.install_people(actor=actions.actor_named("Somebody"), people=PEOPLE, password="x" * 12)


def test_django_admin_has_no_delete_and_no_foreign_tables(browse_as, people):
    client = browse_as("admin")
    assert client.get(f"/admin/accounts/person/{people('agent').pk}/delete/").status_code == 403
    assert client.get("/admin/axes/accessattempt/").status_code in {403, 404}
    assert client.get("/admin/auditlog/logentry/").status_code in {403, 404}


def test_django_admin_is_shut_for_everybody_else(browse_as):
    for username in ("agent", "approver", "compliance", "success", "outsider"):
        assert browse_as(username).get("/admin/").status_code == 403
