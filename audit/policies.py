"""The policy in force. One query for each unit of work; parsed parts are cached by digest."""

from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from audit.context import current
from audit.models import PolicyVersion
from opsconsole.lib.bundle import Bundle


@dataclass(frozen=True)
class ActivePolicy:
    """`version` is the digest, empty where no policy is in force yet: then nobody holds any right."""

    version: str
    bundle: Bundle


NO_POLICY = ActivePolicy("", Bundle({}))


def active_policy() -> ActivePolicy:
    """Return the policy in force, read from the database once in each request, task or command."""
    context = current()
    if context is None:
        return _read()
    if "policy" not in context.memo:
        context.memo["policy"] = _read()
    policy: ActivePolicy = context.memo["policy"]
    return policy


def forget_active_policy() -> None:
    """Read the policy anew in what is left of this unit of work; called by the verb that activates one."""
    context = current()
    if context is not None:
        context.memo.pop("policy", None)


def policy_version(version: str) -> ActivePolicy | None:
    """Return any stored version by its digest, or None."""
    return _stored(version) if PolicyVersion.objects.filter(version=version).exists() else None


def _read() -> ActivePolicy:
    with (
        connection.cursor() as cursor
    ):  # read in every unit of work: building the query costs more than asking it
        cursor.execute(
            "SELECT version FROM audit_policyversion WHERE state = %s", [PolicyVersion.State.ACTIVE]
        )
        found = cursor.fetchone()
    return _stored(found[0]) if found else NO_POLICY


@lru_cache(maxsize=16)
def _stored(version: str) -> ActivePolicy:
    files = PolicyVersion.objects.values_list("files", flat=True).get(version=version)
    return ActivePolicy(version, Bundle(files))
