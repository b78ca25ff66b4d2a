"""Two at once with one recovery code, and one after another in browsers of their own: real commits, real connections."""

import threading

import psycopg
import pytest
from django.db import connection, transaction

from tests.accounts.second import enrolled


def test_one_recovery_code_opens_one_of_two_doors_pushed_at_once(committed, people, rf):
    from accounts.factors.actions import Answer, WrongFactor, show_factor

    person = people("agent")
    with transaction.atomic():
        codes = enrolled(person)
    start, outcomes = threading.Barrier(4), []

    def push():
        request = rf.post("/sign-in/code/")
        start.wait()
        try:
            show_factor(request=request, person=person, answer=Answer(code=codes[0]), signed_in=False)
            outcomes.append("open")
        except WrongFactor:
            outcomes.append("shut")
        finally:
            connection.close()

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["open", "shut", "shut", "shut"]


def test_postgresql_takes_no_factor_and_no_sign_in_without_an_event(committed, people, as_owner):

    person = people("agent").pk
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="needs an event"):
        as_owner(
            f"INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES ('{person}', 'totp', '{{}}', now())"
        )
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="needs an event"):
        as_owner(
            "INSERT INTO accounts_signin (id, person_id, session_key, device, device_id, factor, opened_at) "
            f"VALUES (gen_random_uuid(), '{person}', 'x', '', '', '', now())"
        )
