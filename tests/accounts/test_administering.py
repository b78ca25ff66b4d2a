"""Django admin writes through the verbs, reads the log as an event, and touches no evidence."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import ApiToken, RoleMembership, StandingRight

ADMIN = "/admin"


def saved(client, path, **typed):
    """Send a form as its page has it; return the answer."""
    return client.post(f"{ADMIN}/{path}", typed)


def chosen(client, path, action, *rows):
    return client.post(
        f"{ADMIN}/{path}", {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    )


def faults(answer):
    return re.findall(r"errorlist[^>]*>\s*<li>([^<]*)", answer.content.decode())


def test_every_write_is_a_verb_with_its_event_on_the_surface_of_the_admin(
    committed, browse_as, people, events, tenant
):
    from accounts.actions import make_token

    admin, outsider, success = browse_as("admin"), people("outsider"), people("success")
    assert saved(admin, "accounts/rolemembership/add/", person=outsider.pk, role="finance").status_code == 302
    wrong = saved(admin, "accounts/rolemembership/add/", person=people("approver").pk, role="admin")
    assert "two hands" in faults(wrong)[0]
    assert (
        saved(admin, "accounts/rolemembership/add/", person=people("admin").pk, role="finance").status_code
        == 403
    )
    row = RoleMembership.objects.get(person=outsider)
    assert chosen(admin, "accounts/rolemembership/", "take_role", row).status_code == 302
    assert not RoleMembership.objects.filter(person=outsider).exists()

    terms = {"owner": "Head of success", "reason": "Looks after this customer now", "review_on": _in(30)}
    typed = {"person": success.pk, "right": "view_tenant", "on": "nowhere", **terms}
    assert "no tenant of this name" in faults(saved(admin, "accounts/standingright/add/", **typed))[0]
    free = _without_right(success)
    typed["on"] = free.slug
    assert (
        "looked at again within 366 days"
        in faults(saved(admin, "accounts/standingright/add/", **typed | {"review_on": _in(900)}))[0]
    )
    assert saved(admin, "accounts/standingright/add/", **typed).status_code == 302
    right = StandingRight.objects.get(person=success, object_key=str(free.pk), ended_at=None)
    page = f"accounts/standingright/{right.pk}/change/"
    assert saved(admin, page, **terms | {"owner": "Success team"}).status_code == 302
    assert chosen(admin, "accounts/standingright/", "take", right).status_code == 302
    right.refresh_from_db()
    assert (right.owner, right.end_cause) == ("Success team", "taken")
    assert saved(admin, page, **terms).status_code == 403
    assert '"_continue"' not in admin.get(f"{ADMIN}/accounts/standingright/add/").content.decode()
    assert admin.get(f"{ADMIN}/{page}").status_code == 200

    token, _ = make_token(actor=people("agent"), name="Script")
    assert chosen(admin, "accounts/apitoken/", "revoke", token).status_code == 302
    assert ApiToken.objects.get(pk=token.pk).revoked_at

    typed = {"slug": tenant.slug, "mode": "never", "reason": "Their contract of May says so."}
    assert saved(admin, "grants/consentmode/add/", **typed | {"slug": "nowhere"}).status_code == 200
    assert saved(admin, "grants/consentmode/add/", **typed).status_code == 302

    told = events(
        "person.roles_changed", "object_right.given", "object_right.renewed", "object_right.ended",
        "token.revoked", "consent.mode_set",
    )[-7:]  # fmt: skip
    assert [(event.type, event.surface, event.actor_label) for event in told] == [
        (name, "admin", "Administrator")
        for name in (
            "person.roles_changed",
            "person.roles_changed",
            "object_right.given",
            "object_right.renewed",
            "object_right.ended",
            "token.revoked",
            "consent.mode_set",
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_admin_log")
        assert cursor.fetchone() == (0,)
    _log_is_read_as_an_event(admin, events)


def _log_is_read_as_an_event(admin, events):
    before = len(events("log.searched"))
    page = admin.get(f"{ADMIN}/audit/event/").content.decode()
    assert "Administrator revoked the API token Script of Agent" in page
    assert "opened" not in page  # looks at customers are for those who review the whole log
    assert len(events("log.searched")) == before + 1
    event = events("token.revoked")[-1]
    shown = admin.get(f"{ADMIN}/audit/event/{event.pk}/change/").content.decode()
    assert 'name="_save"' not in shown
    assert events("log.event_opened")[-1].object_id == str(event.pk)
    for action in ("delete_selected", "take"):
        chosen(admin, "audit/event/", action, event)
    assert events("token.revoked")[-1].pk == event.pk


def _in(days):
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def _without_right(person):
    from tenants.models import Tenant

    held = StandingRight.objects.filter(person=person, ended_at=None).values_list("object_key", flat=True)
    return (
        Tenant.objects.present().exclude(pk__in=[key for key in held if len(key) == 36]).order_by("slug")[0]
    )


@pytest.mark.django_db
def test_a_form_filled_in_on_a_person_who_changed_meanwhile_is_refused(browse_as, people):
    admin, agent = browse_as("admin"), people("agent")
    path = f"{ADMIN}/accounts/person/{agent.pk}/change/"
    seen = re.search(r'name="seen" value="(\w+)"', admin.get(path).content.decode()).group(1)
    typed = {
        "display_name": "Agent",
        "email": agent.email,
        "roles": ["support"],
        "is_active": "on",
        "seen": seen,
    }
    assert admin.post(path, typed | {"display_name": "First"}).status_code == 302
    assert admin.post(path, typed | {"display_name": "Second"}).status_code == 409
    assert people("agent").display_name == "First"


@pytest.mark.django_db
def test_no_table_of_the_admin_deletes_or_edits_beside_a_form(settings):
    from django.contrib import admin

    from accounts.administering.tables import Reading

    for model, table in admin.site._registry.items():
        if model._meta.app_label in {"auth", "auditlog"}:
            continue  # closed to everybody, see the matrix
        assert isinstance(table, Reading), model
        assert table.inlines in ((), []), model
        assert not table.list_editable, model
        assert table.has_delete_permission(None) is False, model
