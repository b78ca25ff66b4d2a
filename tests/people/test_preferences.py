"""A person's profile and preferences: their own, kept with them, and without a word on what they may do."""

import pytest

from audit.models import Event

CHOSEN = {"times": "absolute", "zone": "Europe/Berlin", "density": "compact", "theme": "dark", "keys": "off"}


@pytest.mark.django_db
def test_pages_look_as_chosen_in_every_browser(browse_as, tenant, events):
    here, elsewhere = browse_as("agent"), browse_as("agent")
    assert here.post("/profile/preferences/", CHOSEN)["Location"] == "/profile/"
    page = elsewhere.get("/profile/").content.decode()
    for said in (
        'data-theme="dark"',
        'data-density="compact"',
        'data-shortcuts="off"',
        'data-zone="Europe/Berlin"',
    ):
        assert said in page
    assert " CET<" in page or " CEST<" in page
    assert "data-relative" not in page
    assert "Support agent" in page
    assert "open cases and ask for access" in page
    assert "data-relative" in browse_as("agent2").get("/profile/").content.decode()
    assert events("person.preferences_changed")[-1].sentence == (
        "Agent changed how their pages look: density, keys, theme, times, zone"
    )
    here.post("/profile/preferences/", CHOSEN)
    assert Event.objects.filter(type="person.preferences_changed").count() == 1


@pytest.mark.django_db
def test_django_admin_wears_the_chosen_colours(browse_as):
    admin = browse_as("admin")
    assert "theme-system" in admin.get("/admin/").content.decode()
    admin.post("/profile/preferences/", CHOSEN)
    for page in ("/admin/", "/admin/accounts/person/", "/admin/accounts/person/add/"):
        assert "theme-dark" in admin.get(page).content.decode(), page


@pytest.mark.django_db
def test_a_choice_that_does_not_exist_is_refused_and_an_old_one_falls_back(browse_as, people):
    client = browse_as("agent")
    assert client.post("/profile/preferences/", CHOSEN | {"zone": "Mars/Olympus"}).status_code == 422
    from accounts.preferring.choices import Preferences, preferences_of

    assert preferences_of({"theme": "sepia", "zone": "Mars/Olympus", "is_staff": True}) == Preferences()
    assert people("agent").preferences == {}
