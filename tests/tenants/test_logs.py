import logging

import pytest

pytestmark = pytest.mark.django_db


def test_what_was_searched_never_stands_in_a_log(browse_as, caplog):
    with caplog.at_level(logging.DEBUG):
        browse_as("agent").get("/tenants/", {"q": "jane@secret.example"})
    lines = [
        str(record.msg) + record.getMessage()
        for record in caplog.records
        if record.name != "django.db.backends"
    ]
    assert any("/tenants/" in line for line in lines)
    assert not [line for line in lines if "secret.example" in line]
