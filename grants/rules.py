"""The access rules of the policy in force."""

from audit.policies import active_policy
from grants.access_rules import NONE, AccessRules, parse_access
from opsconsole.lib.bundle import load


def rules_in_force() -> AccessRules:
    """Return `access.toml` of the policy in force, parsed once per version; without a policy nothing can be asked for."""
    policy = active_policy()
    return load(policy.bundle, parse_access, policy.version) if policy.version else NONE
