from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.doors import needs, signed_in
from accounts.http import StaffRequest
from accounts.roles import FILE
from audit.policies import active_policy
from grants.matrix.building import as_csv, matrix_in_force
from grants.matrix.rule import rule_in_force

READERS = ("decide", "review", "manage_people", "propose_policy", "activate_policy")


@never_cache
@require_GET
@needs(*READERS)
def matrix(request: StaffRequest) -> HttpResponse:
    policy = active_policy()
    as_text = request.GET.get("as") == "text"
    text = policy.bundle.files.get(FILE, "") if as_text else ""
    context = {"matrix": matrix_in_force(policy.version), "as_text": as_text, "text": text}
    return render(request, "policy/matrix.html", context)


@never_cache
@require_GET
@needs(*READERS)
def matrix_csv(request: StaffRequest) -> HttpResponse:
    version = active_policy().version
    answer = HttpResponse(as_csv(matrix_in_force(version)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="role-matrix-{version[:12]}.csv"'
    return answer


@never_cache
@require_GET
@signed_in
def rule(request: StaffRequest) -> HttpResponse:
    may_read = any(request.user.has_perm(f"console.{power}") for power in READERS)
    return render(request, "policy/rule.html", {"rule": rule_in_force(), "may_read_matrix": may_read})
