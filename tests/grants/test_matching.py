"""Every sealed event is held once against the approval it rests on; what does not fit is closed with a word, and a period with a mark."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from audit.actions import record, seal_all
from audit.refs import SYSTEM
from grants.matching.actions import match_uses
from grants.models import FindingEvent, FindingWord, FlagPlace, Grant, MatchPlace, PeriodReview, UseFinding
from grants.pack_tables import evidence_tables
from opsconsole.lib.clock import database_now
from opsconsole.lib.evidence import Found
from tests.conftest import PASSWORD
from tests.grants import desk
from tests.killing import Killed, killing


def panel(client, tenant, key="import_detail"):
    assert client.get(f"/tenants/{tenant.slug}/panels/{key}/?ticket=HD-48192").status_code == 200


def give_back(client, grant):
    assert desk.post(client, f"/grants/{grant.pk}/revoke/", comment="").status_code == 302


def matched():
    """Seal what is there, match it, and return how many entries that were."""
    seal_all()
    total = 0
    while done := match_uses():
        total += done
    return total


def found(kind):
    return list(UseFinding.objects.filter(kind=kind))


def sign_in(client, username):
    """Sign in through the page; a client is one browser, whoever signs in there."""
    client.post("/sign-out/")
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def close(client, finding, word="in_order", comment=""):
    return desk.post(client, f"/reviews/findings/{finding.pk}/", word=word, comment=comment)


def mark(client, last=0, **fields):
    return desk.post(client, "/reviews/period/", last=last, **fields)


def reviews(client):
    answer = client.get("/reviews/")
    assert answer.status_code == 200
    return answer.content.decode()


def use_after_the_end(grant):
    """Write what a console that looked away would write: an allowed look under an access that is over."""
    with transaction.atomic():
        record(
            "panel.opened",
            actor=grant.person.as_actor(),
            tenant=grant.tenant.as_ref(),
            trail=grant.trail(),
            authority="grant",
            panel="Import files",
        )


@pytest.fixture
def cast(browse_as):
    return browse_as("agent"), browse_as("approver"), browse_as("compliance")


def test_an_approval_that_nobody_used_is_found_at_the_seal_and_closed_once(committed, cast, tenant, events):
    agent, lead, compliance = cast
    used = desk.granted(agent, lead, tenant)
    panel(agent, tenant)
    give_back(agent, used)
    idle = desk.granted(agent, lead, tenant, "HD-50003")
    assert matched() > 0
    assert found("never_used") == [], "it may be used still"
    give_back(agent, idle)
    matched()
    finding = UseFinding.objects.get()
    assert (finding.grant, finding.kind) == (idle, "never_used")
    assert finding.words.endswith("UTC by Approver, never used.")
    types = {event.event_id for event in finding.events.all()}
    assert types == {events("request.approved")[-1].id, events("grant.ended")[-1].id}
    page = reviews(compliance)
    assert f"/reviews/findings/{finding.pk}/" in page
    assert "never used" in page
    assert close(lead, finding).status_code == 403
    assert close(compliance, finding, "talked").status_code == 422
    assert close(compliance, finding, "talked", "The customer found it first.").status_code == 302
    assert close(compliance, finding).status_code == 409
    assert f"/reviews/findings/{finding.pk}/" not in reviews(compliance)
    assert [(e.outcome, e.grant_id) for e in events("finding.made", "finding.closed")] == [
        ("ok", idle.pk)
    ] * 2
    matched()
    assert UseFinding.objects.count() == len(events("finding.made")) == 1
    (table,) = [one for one in evidence_tables(found=Found(grants={idle.pk})) if one.key == "findings"]
    assert table.rows[0][2:4] == ("Never used", finding.words)
    assert "Compliance reviewer: Talked" in table.rows[0][4]


def test_a_use_after_the_end_is_found_and_the_next_one_opens_it_again(committed, cast, tenant, events):
    agent, lead, compliance = cast
    grant = desk.granted(agent, lead, tenant)
    panel(agent, tenant)
    give_back(agent, grant)
    matched()
    assert not UseFinding.objects.exists()
    for turn in (1, 2):
        use_after_the_end(grant)
        matched()
        finding = UseFinding.objects.get(kind="after_end")
        assert finding.events.count() == turn
        assert "after its end" in reviews(compliance)
        assert (
            close(compliance, finding, "incident", "Handed to the owner of the console.").status_code == 302
        )
        assert f"/reviews/findings/{finding.pk}/" not in reviews(compliance)
    assert "And 1 more time since." not in reviews(compliance)
    assert len(events("finding.made")) == 2


def test_one_approval_that_two_people_used_names_both(committed, cast, browse_as, tenant):
    agent, lead, _compliance = cast
    grant = desk.granted(agent, lead, tenant)
    panel(agent, tenant)
    assert desk.post(agent, f"/grants/{grant.pk}/hand-over/", person="agent2", comment="").status_code == 302
    matched()
    assert not UseFinding.objects.exists(), "handed over and not used a second time"
    panel(browse_as("agent2"), tenant)
    matched()
    finding = UseFinding.objects.get()
    assert finding.kind == "twice"
    assert "used under 2 accesses: Agent, then Second agent, handed over at" in finding.words
    assert finding.grant.handed_over_from == grant
    assert finding.events.count() == 2


def test_who_approves_in_the_browser_of_the_person_who_asked_is_found(committed, tenant):
    own, other = sign_in(Client(), "agent"), sign_in(Client(), "approver")
    first = desk.granted(own, other, tenant)
    panel(own, tenant)
    give_back(own, first)
    matched()
    assert not UseFinding.objects.exists(), "two people, two browsers"
    asked = desk.asked(own, tenant, "HD-50003")
    assert desk.approve(sign_in(own, "approver"), asked).status_code == 302
    matched()
    finding = UseFinding.objects.get()
    assert finding.grant.request == asked
    assert finding.words.startswith(
        "Approver approved from the same browser (A browser on an unknown system) in which Agent asked"
    )


def test_matching_killed_between_any_two_statements_finds_everything_once(committed, cast, tenant, events):
    agent, lead, _compliance = cast
    for ticket in ("HD-48192", "HD-50003"):
        give_back(agent, desk.granted(agent, lead, tenant, ticket))
    use_after_the_end(Grant.objects.first())
    sealed = seal_all()
    killed = 0
    while True:
        try:
            with connection.execute_wrapper(killing(killed)):
                assert match_uses(limit=sealed.head.size) > 0
        except Killed:
            killed += 1
            connection.close()
            assert (UseFinding.objects.count(), len(events("finding.made"))) == (0, 0)
            continue
        break
    assert killed > 8
    assert match_uses() == 0
    place = MatchPlace.objects.get()
    assert (place.log, place.position) == (1, sealed.head.size - 1)
    assert sorted(UseFinding.objects.values_list("kind", flat=True)) == ["after_end", "never_used"]
    assert len(events("finding.made")) == 2


def test_small_batches_find_what_one_batch_finds(committed, cast, tenant):
    agent, lead, _compliance = cast
    give_back(agent, desk.granted(agent, lead, tenant))
    seal_all()
    entries = 0
    while match_uses(limit=1):
        entries += 1
    assert entries == MatchPlace.objects.get().position + 1
    assert len(found("never_used")) == 1


def test_a_period_is_marked_with_what_was_closed_and_why_the_rest_stays_open(committed, cast, tenant, events):
    agent, lead, compliance = cast
    for ticket in ("HD-48192", "HD-50003"):
        give_back(agent, desk.granted(agent, lead, tenant, ticket))
    matched()
    one, _two = found("never_used")
    assert close(compliance, one).status_code == 302
    assert mark(agent).status_code == 403
    assert mark(compliance).status_code == 422, "one is open and no word says why"
    why = "The second one waits for the customer until Tuesday."
    assert mark(compliance, comment=why).status_code == 302
    first = PeriodReview.objects.get()
    waiting = first.left_open
    assert (first.closed, first.reviewer.username) == (1, "compliance")
    assert waiting >= 1
    event = events("period.reviewed")[-1]
    assert event.sentence.endswith(f": {1 + waiting} findings, {waiting} left open")
    assert (event.fields["comment"], event.object_id) == (why, str(first.pk))
    assert "Approvals and their use: 1 closed, 1 open" in event.fields["lists"]
    assert seal_all().count > 0, "and the next head covers it"
    assert mark(compliance, comment=why).status_code == 409, "the page is an old one"
    gap = f"{database_now():%Y-%m-%d %H:%M:%S.%f}"
    assert mark(compliance, 1, comment=why, since=gap).status_code == 422, "nothing lies between two periods"
    assert mark(compliance, 1, comment=why, since="-1h").status_code == 302
    second = PeriodReview.objects.get(number=2)
    assert second.since < first.until < second.until
    assert why in reviews(compliance)


def test_postgresql_holds_who_closes_and_that_nothing_is_changed(db, cast, people, tenant):
    agent, lead, _compliance = cast
    grant = desk.granted(agent, lead, tenant)
    finding = UseFinding(grant=grant, kind="twice", words="Seen twice.", found_at=database_now())
    finding.save(force_insert=True)
    FindingEvent(finding=finding, event_id=finding.pk, event_at=finding.found_at).save()
    record(
        "finding.made",
        actor=SYSTEM,
        obj=finding.as_ref(),
        trail=grant.trail(),
        what="seen twice",
        kind="twice",
    )
    for who in ("agent", "approver"):
        word = FindingWord(finding=finding, after=1, word="in_order", reviewer=people(who), at=database_now())
        with pytest.raises(IntegrityError, match="nobody reviews access"), transaction.atomic():
            word.save(force_insert=True)
    late = FindingWord(
        finding=finding, after=2, word="in_order", reviewer=people("compliance"), at=database_now()
    )
    with pytest.raises(IntegrityError, match="after the events that it has"), transaction.atomic():
        late.save(force_insert=True)
    now = database_now()
    ahead = PeriodReview(
        number=1, since=now, until=now + timedelta(hours=1), closed=0, left_open=0, matched_log=1, matched_to=1,
        reviewer=people("compliance"),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="follows the one before"), transaction.atomic():
        ahead.save(force_insert=True)
    for place in (MatchPlace, FlagPlace):
        place.objects.get_or_create(pk=1)
        for log, position, said in ((9, 10**6, "no such entry"), (0, -2, "never back")):
            with pytest.raises(IntegrityError, match=said), transaction.atomic():
                place.objects.update(log=log, position=position)


def test_a_reviewers_own_looks_are_events(db, cast, tenant, events):
    agent, lead, compliance = cast
    grant = desk.granted(agent, lead, tenant)
    for path in (grant.get_absolute_url(), grant.request.get_absolute_url(), grant.case.get_absolute_url()):
        for client in cast:
            assert client.get(path).status_code == 200
    reviews(compliance)
    assert [event.fields["what"] for event in events("story.opened")] == [
        "the access of Agent", "the request of Agent", "the case",
    ]  # fmt: skip
    assert {event.actor_label for event in events("story.opened", "reviews.opened")} == {
        "Compliance reviewer"
    }
