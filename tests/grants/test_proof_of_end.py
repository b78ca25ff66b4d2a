from grants.metrics import closed_late, dead_letters, longest_unclosed, used_after_the_end
from grants.queries.proof import proof_of
from tests.grants import desk


def test_an_ended_grant_shows_its_last_use_the_first_refusal_and_its_closing(db, browse_as, tenant, events):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    panel = f"/tenants/{tenant.slug}/panels/import_detail/"
    assert agent.get(panel).status_code == 200
    assert agent.get(panel).status_code == 200
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    assert agent.get(panel).status_code == 403
    assert agent.get(panel).status_code == 403
    grant.refresh_from_db()
    proof = proof_of(grant)
    opened = [event for event in events("panel.opened") if event.grant_id == grant.pk]
    assert proof.last_allowed == opened[-1].at
    assert proof.last_allowed < grant.ended_at < proof.first_refused
    assert proof.first_refused == events("request.refused")[0].at
    page = agent.get(f"/grants/{grant.pk}/").content.decode()
    assert "Last allowed use" in page


def test_metrics_tell_of_late_ends_from_the_evidence(committed, browse_as, tenant, shift):
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    assert (used_after_the_end(), closed_late(), longest_unclosed(), dead_letters()) == (0, 0, 0, 0)
    browse_as("agent").get(f"/tenants/{tenant.slug}/panels/import_detail/")
    shift(grant, -1860)
    assert 59 < longest_unclosed() < 90
    assert used_after_the_end() == 1
    body = browse_as("agent").get("/metrics").content.decode()
    assert "opsconsole_grants_used_after_end 1.0" in body
