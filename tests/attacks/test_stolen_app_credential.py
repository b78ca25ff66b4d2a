"""What the app's own database role can do with raw SQL, as somebody with its password would try."""

import pytest
from django.db import IntegrityError, connection


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_tenant_does_not_become_another_without_an_event(committed):
    with pytest.raises(IntegrityError, match="needs an event"):
        run(
            "UPDATE tenants_tenant SET external_id = external_id || 'x' WHERE id = (SELECT min(id::text)::uuid FROM tenants_tenant)"
        )


def test_a_standing_right_is_not_given_without_an_event(committed):
    with pytest.raises(IntegrityError, match="needs an event"):
        run(
            "INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)"
            " SELECT t.id, p.content_type_id, p.id, u.id FROM tenants_tenant t, accounts_person u, auth_permission p"
            " WHERE p.codename = 'view_tenant' AND u.username = 'outsider' LIMIT 1"
        )


def test_nobody_is_linked_to_an_account_at_the_provider_without_an_event(committed):
    with pytest.raises(IntegrityError, match="needs an event"):
        run(
            "INSERT INTO socialaccount_socialaccount (provider, uid, last_login, date_joined, extra_data, user_id)"
            " SELECT 'https://login.example', 'of the thief', now(), now(), '{}', id FROM accounts_person WHERE username = 'admin'"
        )
