"""API tokens: shown once, kept as a hash, scoped, ending, and never a way round the person's own rights."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import actions
from accounts.models import ApiToken
from opsconsole.lib.errors import Invalid, Refused

pytestmark = pytest.mark.django_db


def reading(secret, path="/api/v1/nothing/"):
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"})


def test_the_command_prints_the_token_alone_on_its_last_line(capsys, people):
    call_command("token", "create", "agent")
    secret = capsys.readouterr().out.strip().splitlines()[-1]
    assert secret.startswith("opsc_")
    assert secret not in str(ApiToken.objects.values())
    assert reading(secret).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer opsc_wrong"])
def test_without_a_good_token_the_api_answers_401_and_shows_nothing(header, browse_as):
    answer = Client().get("/api/v1/tenants/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_only_its_areas(people, events):
    _, secret = actions.make_token(actor=people("agent"), name="narrow", areas=["cases"])
    answer = reading(secret, "/api/v1/tenants/")
    assert (answer.status_code, answer.json()["error"]) == (403, "token_too_narrow")
    assert events("request.refused")[-1].surface == "api"


def test_a_revoked_token_is_nobody(people):
    token, secret = actions.make_token(actor=people("agent"), name="short")
    actions.revoke_token(actor=people("admin"), token=token)
    assert reading(secret, "/api/v1/tenants/").status_code == 401


def test_a_token_of_a_person_who_left_is_nobody(people):
    _, secret = actions.make_token(actor=people("agent"), name="left")
    actions.set_active(actor=people("admin"), person=people("agent"), active=False)
    assert reading(secret, "/api/v1/tenants/").status_code == 401


def test_nobody_revokes_the_token_of_a_colleague(people):
    token, _ = actions.make_token(actor=people("agent"), name="mine")
    with pytest.raises(Refused):
        actions.revoke_token(actor=people("agent2"), token=token)


def test_a_token_opens_no_page_and_a_cookie_no_api(people, browse_as):
    _, secret = actions.make_token(actor=people("agent"), name="api only")
    assert reading(secret, "/tenants/").status_code == 302
    assert browse_as("agent").get("/api/v1/tenants/").status_code == 401


@pytest.mark.parametrize("wrong", [{"areas": []}, {"areas": ["everything"]}, {"days": 0}, {"days": 366}])
def test_a_token_without_bounds_is_not_made(people, wrong):
    with pytest.raises(Invalid):
        actions.make_token(actor=people("agent"), name="wide", **wrong)
