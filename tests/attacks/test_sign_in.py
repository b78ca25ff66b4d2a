import pytest
from axes.models import AccessAttempt
from django.test import Client

pytestmark = pytest.mark.django_db


def tried(client, username, typed="not it"):
    return client.post("/sign-in/", {"username": username, "password": typed}).status_code


def test_writing_a_name_in_another_way_gives_no_further_tries():
    client = Client()
    ways = ["agent", "Agent", " aGent", "AGENT", "\uff41gent"]
    assert [tried(client, way) for way in ways][-1] == 429
    assert tried(client, "agenT", "opsconsole-demo") == 429


def test_what_is_typed_as_a_name_of_nobody_is_not_kept():
    tried(Client(), "My-S3cret-Passw0rd")
    attempt = AccessAttempt.objects.get()
    assert "S3cret" not in f"{attempt.username} {attempt.get_data} {attempt.post_data} {attempt.path_info}"


@pytest.mark.parametrize("username", ["a\x00b", "\x00", "", "x" * 100_000, "'", "%"])
def test_a_strange_name_is_an_ordinary_mistake(username):
    assert tried(Client(), username) == 422
