"""The inbox: everybody's own lines, what waits for whom, and who hears of an outcome."""

import pytest

from grants.delivery import deliver_outbox
from grants.models import Notice, Outbox
from opsconsole.lib.bundle import Bundle
from tests.grants import desk
from tests.tenants import policies


def told(kind):
    deliver_outbox()
    return sorted(Notice.objects.filter(outbox__kind=kind).values_list("person__username", flat=True))


def lines(client, view="unread"):
    return [notice.sentence for notice in client.get(f"/inbox/?show={view}").context["page"].rows]


def count(client):
    return next(item["count"] for item in client.get("/").context["nav"] if item["title"] == "Inbox")


def test_an_empty_inbox_says_what_will_stand_in_it(db, browse_as):
    page = browse_as("agent").get("/inbox/?show=all").content.decode()
    assert "When you ask for access, the answer is told here." in page
    assert "To decide" not in page
    assert (
        "Nothing waits for your decision" in browse_as("approver").get("/inbox/?show=decide").content.decode()
    )
    assert browse_as("outsider").get("/inbox/").status_code == 200


def test_what_waits_is_counted_read_and_gone_once_it_is_decided(db, browse_as, tenant):
    agent, approver, second = browse_as("agent"), browse_as("approver"), browse_as("approver2")
    asked = desk.asked(agent, tenant)
    deliver_outbox()
    assert (count(approver), count(second), count(agent)) == ("1", "1", "")
    assert lines(approver, "decide") == [
        f"A request for access to {tenant.name} waits for your decision (HD-48192)."
    ]
    assert f'href="/requests/{asked.pk}/"' in approver.get("/inbox/").content.decode()
    notice = Notice.objects.get(person__username="approver")
    answer = desk.post(approver, "/inbox/read/", notice=str(notice.pk), show="decide")
    assert answer.url == "/inbox/?show=decide"
    assert (count(approver), lines(approver), len(lines(approver, "all"))) == ("", [], 1)
    desk.approve(approver, asked)
    deliver_outbox()
    assert (lines(second), len(lines(second, "all"))) == ([], 1), "decided by somebody else: nothing to do"
    assert lines(agent) == [f"Access to {tenant.name} was approved (HD-48192)."]


def test_nobody_reads_or_marks_the_lines_of_others(db, browse_as, tenant):
    desk.asked(browse_as("agent"), tenant)
    deliver_outbox()
    theirs = Notice.objects.get(person__username="approver")
    agent = browse_as("agent")
    assert lines(agent, "all") == []
    assert desk.post(agent, "/inbox/read/", notice=str(theirs.pk)).status_code == 302
    assert desk.post(agent, "/inbox/read/", all="yes").status_code == 302
    theirs.refresh_from_db()
    assert theirs.read_at is None
    assert desk.post(agent, "/inbox/read/", notice="x").status_code == 404
    desk.post(browse_as("approver"), "/inbox/read/", all="yes")
    theirs.refresh_from_db()
    assert theirs.read_at is not None


def test_a_long_inbox_comes_in_pages(db, browse_as, tenant, people):
    desk.asked(browse_as("agent"), tenant)
    now = Outbox.objects.get().made_at
    for number in range(120):
        outbox = Outbox.objects.create(kind="policy_activated", path="/policy/", made_at=now, next_try_at=now)
        Notice.objects.create(
            outbox=outbox, person=people("agent"), sentence=f"Line {number}", path="/policy/", made_at=now
        )
    agent = browse_as("agent")
    assert count(agent) == "99+"
    seen, after = [], ""
    for rows in (50, 50, 20):
        page = agent.get("/inbox/", {"after": after}).context["page"]
        assert len(page.rows) == rows
        seen += [notice.pk for notice in page.rows]
        after = page.next_cursor
    assert len(set(seen)) == 120
    assert after == ""


def test_everybody_hears_the_outcome(db, browse_as, tenant):
    agent, approver, second = browse_as("agent"), browse_as("approver"), browse_as("approver2")
    denied = desk.asked(agent, tenant, "HD-1001", scopes=["session.view"], minutes="15", for_person="agent2")
    desk.approve(approver, denied)
    denied.refresh_from_db()
    assert told("part_approved") == ["approver2"]
    desk.post(second, f"/requests/{denied.pk}/deny/", comment="Not this way.")
    assert told("denied") == ["agent", "agent2", "approver"], "who asked, who would use it, who had approved"
    grant = desk.granted(agent, approver, tenant, "HD-1002")
    desk.post(
        agent,
        f"/grants/{grant.pk}/extend/",
        minutes="10",
        reason="Row 431 names a second file, which has the same fault.",
    )
    more = grant.extensions.get()
    desk.approve(second, more)
    deliver_outbox()
    assert f"More time on access to {tenant.name} was approved (HD-1002)." in lines(agent)
    desk.post(agent, f"/grants/{grant.pk}/hand-over/", person="agent2", comment="My shift ends.")
    assert told("handed_over") == ["agent", "agent2", "approver"]
    taken = grant.handed_over_to.get()
    desk.post(second, f"/grants/{taken.pk}/revoke/", comment="Enough.")
    assert told("ended") == ["agent", "agent2"]
    assert f"Your access to {tenant.name} was revoked (HD-1002)." in lines(browse_as("agent2"))
    assert f"Access to {tenant.name} was revoked (HD-1002)." in lines(agent)
    asked = desk.asked(agent, tenant, "HD-1003", scopes=["people.read"])
    desk.post(approver, f"/requests/{asked.pk}/ask-back/", comment="Which person?")
    assert told("asked_back") == ["agent"]


@pytest.mark.parametrize("kind", Outbox.Kind.values)
def test_every_kind_of_message_names_tenant_and_ticket_and_no_person(kind):
    from grants.delivery.words import BY_CAUSE, FOR_THE_HOLDER, SENTENCES

    for text in (SENTENCES[kind], FOR_THE_HOLDER.get(kind, SENTENCES[kind])):
        named = {part.split("}")[0] for part in text.split("{")[1:]}
        assert named in ({"tenant", "ticket"}, set()), "both, or none where no case is concerned"
    assert all(words.endswith("(") for words in BY_CAUSE.values())


def test_a_policy_is_told_to_those_who_put_it_in_force_and_to_its_proposer(
    db, people, browse_as, monkeypatch
):
    from audit.actions import activate_policy, propose_policy

    files = {**Bundle.from_directory(policies.DEMO).files}
    files["access.toml"] += "\n# another version\n"
    monkeypatch.delenv("PRODUCT_DATABASE_URL")
    version = propose_policy(actor=people("admin"), bundle=Bundle(files)).version
    assert told("policy_proposed") == ["compliance", "compliance2"]
    page = Notice.objects.filter(outbox__kind="policy_proposed")[0].path
    assert browse_as("compliance").get(page).status_code == 200
    activate_policy(actor=people("compliance"), version=version)
    assert told("policy_activated") == ["admin", "compliance2"]
