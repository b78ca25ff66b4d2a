"""Somebody else's policy in the demo: the start says whose role is not in it."""

from demo.management.commands.bootstrap import without_role
from opsconsole.lib.bundle import Bundle
from tests.tenants.bundles import ROLES


def test_the_start_names_the_people_whose_role_the_policy_does_not_have():
    told = without_role(Bundle({"roles.toml": ROLES}))
    assert "approver and approver2 can do nothing: this policy has no role called support_lead" in told
    assert not any("agent2" in sentence for sentence in told)
