from pathlib import PurePosixPath
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit.actions import activate_policy
from audit.middleware import actor_of
from audit.models import PolicyVersion
from audit.refs import Staff
from audit.versions.queries import active_version, changes, get_version, versions_by_state
from opsconsole.lib import registry
from opsconsole.lib.doors import needs, step_up


@never_cache
@require_GET
@needs("propose_policy", "activate_policy")
def versions(request: HttpRequest) -> HttpResponse:
    found = versions_by_state()
    groups = [
        ("In force", found["active"], "No policy is in force, so nobody holds any right."),
        (
            "Proposed",
            found["proposed"],
            "Nothing is waiting. A version is proposed with manage.py policy propose.",
        ),
        ("Earlier", [*found["replaced"], *found["withdrawn"]], "No version was replaced yet."),
    ]
    return render(request, "policy/versions.html", {"groups": groups})


@never_cache
@require_GET
@needs("propose_policy", "activate_policy")
def version(request: HttpRequest, version: str) -> HttpResponse:
    shown, active = get_version(version), active_version()
    own = shown.proposed_by_id == actor_of(request).id
    context = {
        "version": shown,
        "active": active,
        "is_active": shown.state == PolicyVersion.State.ACTIVE,
        "can_be_tried": shown.state in (PolicyVersion.State.ACTIVE, PolicyVersion.State.PROPOSED),
        "own": own,
        "changes": changes(active.files if active else {}, shown.files),
        "files": sorted(shown.files.items()),
        "sections": _sections(request, shown),
        "panels": [PurePosixPath(path).stem for path in sorted(shown.files) if path.startswith("panels/")],
    }
    return render(request, "policy/version.html", context)


def _sections(request: HttpRequest, version: PolicyVersion) -> list[dict[str, Any]]:
    found = [section(person=request.user, version=version) for section in registry.policy_sections]
    return [section for section in found if section]


@require_POST
@step_up("policy")
@needs("activate_policy")
def activate(request: HttpRequest, version: str) -> HttpResponse:
    found = get_version(version)
    activate_policy(actor=cast("Staff", request.user), version=found.version)
    messages.success(request, f"Policy {found} is in force from now on.")
    return redirect("policy:version", version=found.version)
