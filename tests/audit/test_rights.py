"""The system check that tells when the console runs with more rights than it needs."""

import pytest
from django.core.checks import run_checks
from django.db import connection, connections

from audit.rights import excess_rights
from tests import engines


def sign_in_as(role):
    connections.close_all()
    connection.settings_dict["USER"] = role
    connection.settings_dict["PASSWORD"] = engines.passwords[role]


@pytest.fixture
def as_role(committed):
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    yield sign_in_as
    connections.close_all()
    connection.settings_dict.update(before)


def problems():
    return [
        message.id
        for message in run_checks(tags=["database"], databases=["default"])
        if str(message.id).startswith("audit.")
    ]


@pytest.mark.django_db
def test_the_apps_role_has_no_excess_right():
    assert excess_rights(connection) == []
    assert problems() == []


def test_the_owner_is_reported(as_role, settings):
    as_role("opsconsole_owner")
    told = " ".join(excess_rights(connection))
    assert "owns the log" in told
    assert "may update, delete or truncate" in told
    assert "may supply the time" in told
    assert problems() == []  # as for `migrate`, which runs as the owner
    settings.APP_DATABASE_ROLE = "opsconsole_owner"
    assert problems() == ["audit.E001"] * 3


def test_a_superuser_is_reported(as_role):
    as_role("postgres")
    assert "is a superuser" in " ".join(excess_rights(connection))


def test_a_right_given_by_hand_is_reported(committed, as_owner):
    as_owner("GRANT DELETE ON audit_event TO opsconsole_app")
    assert "may update, delete or truncate" in " ".join(excess_rights(connection))


def test_a_right_on_one_partition_is_reported(committed, as_owner):
    as_owner("GRANT TRUNCATE ON audit_event_default TO opsconsole_app")
    assert "audit_event_default" in " ".join(excess_rights(connection))


def test_becoming_the_owner_is_reported(committed):
    engines.postgres.psql("GRANT opsconsole_owner TO opsconsole_app")
    try:
        assert "may become" in " ".join(excess_rights(connection))
    finally:
        engines.postgres.psql("REVOKE opsconsole_owner FROM opsconsole_app")


def test_field_history_that_can_be_changed_is_reported(committed, as_owner):
    as_owner("GRANT UPDATE ON auditlog_logentry TO opsconsole_app")
    assert "auditlog_logentry" in " ".join(excess_rights(connection))
