"""Signing in tells nobody who works here, and cannot be shut for somebody else."""

import hashlib

import pytest
from django.test import Client

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def tried(username, typed="not it", client=None, **headers):
    return (client or Client()).post("/sign-in/", {"username": username, "password": typed}, headers=headers)


def test_a_wrong_password_costs_the_same_work_for_everybody_and_nobody(people, monkeypatch):
    """Time is work: a name that exists, one that does not, one that is shut and one without a password take one hash each."""
    shut, without = people("outsider"), people("finance")
    shut.is_active = False
    shut.save()
    without.set_unusable_password()
    without.save()
    done, scrypt = [], hashlib.scrypt
    monkeypatch.setattr(
        hashlib, "scrypt", lambda *args, **kwargs: done.append(kwargs["n"]) or scrypt(*args, **kwargs)
    )
    work = {}
    for username in ("agent", "nobody-here", "outsider", "finance"):
        done.clear()
        answer = tried(username)
        work[username] = (answer.status_code, sum(done), answer.content.count(b"do not belong together"))
    assert len(set(work.values())) == 1, work
    assert work["agent"][1] > 0


def test_a_name_of_nobody_is_shut_out_like_one_of_somebody():
    told = {name: [tried(name).status_code for _ in range(6)] for name in ("agent", "nobody-here")}
    assert told["agent"] == told["nobody-here"] == [422, 422, 422, 422, 429, 429]


def test_a_forged_address_gives_no_more_tries_and_whoever_is_signed_in_stays_so(browse_as):
    inside = browse_as("agent")
    forged = [tried("agent", **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(6)]
    assert forged[-1] == 429
    assert inside.get("/").status_code == 200
    assert inside.post("/cases/new/", {}).status_code == 422


def test_behind_a_proxy_tries_are_counted_by_the_address_the_proxy_saw(settings):
    settings.PROXY_COUNT = 1
    for n in range(6):
        answer = tried("agent", **{"X-Forwarded-For": f"8.8.8.{n}, 203.0.113.9"})
    assert answer.status_code == 429
    assert tried("agent", PASSWORD, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert tried("agent", PASSWORD, **{"X-Forwarded-For": "203.0.113.7"}).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "place"),
    [
        (0, "203.0.113.9", "172.18.0.5"),
        (1, "", "172.18.0.5"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "8.8.8.8, 203.0.113.9", "203.0.113.9"),
        (2, "8.8.8.8, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "10.0.0.1", "172.18.0.5"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "nonsense", "172.18.0.5"),
        (1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        (1, "[2001:db8:1:2:bbbb::2]:443", "2001:db8:1:2::"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_a_place_is_what_our_own_proxies_saw_and_one_client_of_ipv6_is_one(
    settings, rf, proxies, forwarded, place
):
    from axes.helpers import get_client_ip_address

    settings.PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="172.18.0.5", headers={"X-Forwarded-For": forwarded})
    assert get_client_ip_address(request) == place
