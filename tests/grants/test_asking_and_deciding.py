from tests.grants import desk


def test_an_agent_asks_an_approver_approves_and_the_scope_is_live(
    committed, browse_as, people, tenant, other_tenant, events
):
    agent, approver = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, approver, tenant)
    assert people("agent").has_perm("tenants.imports.read", tenant)
    assert not people("agent").has_perm("tenants.imports.read", other_tenant)
    assert not people("agent2").has_perm("tenants.imports.read", tenant)
    assert not people("agent").has_perm("tenants.people.read", tenant)
    kinds = [event.type for event in events("case.opened", "access.requested", "request.approved")]
    assert kinds == ["case.opened", "access.requested", "request.approved"]
    last = events("request.approved")[0]
    assert last.grant_id == grant.pk
    assert last.sentence.startswith("Approver approved “See which value of a file stopped an import” on ")
    for path in (
        f"/cases/{grant.case_id}/",
        f"/requests/{grant.request_id}/",
        f"/grants/{grant.pk}/",
        "/cases/",
    ):
        assert agent.get(path).status_code == 200, path
