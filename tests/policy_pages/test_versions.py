"""The list of versions, one version with what it changes, and putting it in force."""

import pytest

from tests.tenants.policies import DEMO

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_is_in_force_and_what_waits(browse_as, propose, active, people):
    version = propose()
    page = browse_as("compliance").get("/policy/").content.decode()
    assert f"/policy/{version}/" in page
    assert f"/policy/{active}/" in page
    assert f"Proposed by {people('admin').as_actor().label}" in page


def test_a_version_shows_its_files_and_what_it_changes(browse_as, propose, active):
    glossary = (DEMO / "glossary.toml").read_text() + '\n[status.live_now]\nmeaning = "It <b>works</b>"\n'
    page = (
        browse_as("compliance").get(f"/policy/{propose(more={'glossary.toml': glossary})}/").content.decode()
    )
    assert "<code>panels/trial.toml</code> added" in page
    assert "<code>glossary.toml</code> changed" in page
    assert "+meaning = &quot;It &lt;b&gt;works&lt;/b&gt;&quot;" in page
    assert "<code>roles.toml</code> changed" not in page
    own = browse_as("compliance").get(f"/policy/{active}/").content.decode()
    assert "What it changes" not in own


def test_a_second_person_puts_a_version_in_force(browse_as, propose, active, events):
    version = propose()
    answer = browse_as("compliance").post(f"/policy/{version}/activate/")
    assert (answer.status_code, answer.url) == (302, f"/policy/{version}/")
    assert events("policy.activated")[-1].object_id == version
    page = browse_as("compliance").get("/policy/").content.decode()
    assert page.index(version) < page.index(active)


def test_the_proposer_is_not_offered_to_activate_and_cannot(browse_as, propose, people):
    from accounts.models import RoleMembership
    from audit.models import PolicyVersion

    version = propose()
    page = browse_as("admin").get(f"/policy/{version}/").content.decode()
    assert "You proposed this version" in page
    assert "/activate/" not in page
    assert browse_as("admin").post(f"/policy/{version}/activate/").status_code == 403
    assert RoleMembership.objects.filter(person=people("admin")).exists()
    assert PolicyVersion.objects.get(pk=version).state == "proposed"


def test_what_is_in_force_cannot_be_put_in_force_again(browse_as, active):
    assert browse_as("compliance").post(f"/policy/{active}/activate/").status_code == 409


@pytest.mark.parametrize("path", ["/policy/no-such/", "/policy/%00/", f"/policy/{'0' * 64}/"])
def test_an_unknown_version_is_not_found(browse_as, path):
    assert browse_as("compliance").get(path).status_code == 404


def test_policy_stands_in_the_navigation_of_those_who_keep_it(browse_as):
    assert 'href="/policy/"' in browse_as("compliance").get("/").content.decode()
    assert 'href="/policy/"' not in browse_as("agent").get("/").content.decode()
