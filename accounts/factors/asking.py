"""The small page that asks for a second factor and then goes on with what was typed."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.factors.actions import Answer, LockedOut, WrongFactor, show_factor
from accounts.factors.fresh import asks_for, guard_fresh
from accounts.factors.passkeys import question_to_show
from accounts.factors.queries import codes_left
from accounts.models import Person
from accounts.queries import roles_in_force
from accounts.single_sign_on.queries import link_of, provider_name, single_sign_on_rules
from audit.middleware import record_refusal, refuse, wants_json
from opsconsole.lib.errors import ConsoleError
from opsconsole.lib.step_up import StepUpNeeded

CODE, PASSKEY = "step_up_code", "step_up_passkey"
NOT_KEPT = {CODE, PASSKEY, "csrfmiddlewaretoken"}
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def step_up_first(request: HttpRequest, person: Person, act: str) -> HttpResponse | None:
    """Take a second factor that came with a form, then ask for one where the act needs it; None lets the request go on."""
    if request.method in SAFE or request.path.startswith("/api/"):
        return None
    if roles_in_force().sign_in.second_factor and (CODE in request.POST or PASSKEY in request.POST):
        answer = Answer(request.POST.get(CODE, ""), request.POST.get(PASSKEY, ""))
        try:
            show_factor(request=request, person=person, answer=answer, signed_in=True)
        except (WrongFactor, LockedOut) as error:
            return page(request, person, error=error)
    if act and asks_for(act):
        try:
            guard_fresh(person=person, act=act)
        except StepUpNeeded as error:
            return ask(request, person, error)
    return None


def ask(request: HttpRequest, person: Person, error: StepUpNeeded) -> HttpResponse:
    """Answer an act that waits for a second factor: a page for people, a refusal for programs. The log has it either way."""
    if wants_json(request):
        return refuse(request, error)
    if request.headers.get("HX-Request"):
        record_refusal(request, error)
        answer = JsonResponse({"error": error.code, "sentence": error.sentence}, status=403)
        answer["HX-Redirect"] = page_for(request, request.headers.get("HX-Current-URL", "/"))
        return answer
    if request.method in SAFE:
        return redirect(page_for(request, request.get_full_path()))
    record_refusal(request, error)
    return page(request, person, needed=error)


def page(
    request: HttpRequest,
    person: Person,
    *,
    needed: StepUpNeeded | None = None,
    error: ConsoleError | None = None,
) -> HttpResponse:
    """Return the page with what was typed in hidden fields; it sends everything to the same address again."""
    if isinstance(error, LockedOut):
        return render(request, "errors/429.html", status=429)
    context = {
        "lead": needed.sentence if needed else "",
        "error": error.sentence if error else "",
        "action": request.get_full_path(),
        "kept": kept(request.POST),
        "passkey_question": question_to_show(request, person),
        "codes_left": codes_left(person),
        "company": provider_name() if link_of(person) and single_sign_on_rules().second_factor else "",
        "after": inside(request, request.GET.get("next") or request.headers.get("Referer", "/")),
    }
    return render(request, "accounts/step_up.html", context, status=422 if error else 403 if needed else 200)


def kept(typed: QueryDict) -> list[tuple[str, str]]:
    """Return each field that was typed and its values, without the token and what proves the person."""
    return [(name, str(value)) for name in typed if name not in NOT_KEPT for value in typed.getlist(name)]


def page_for(request: HttpRequest, address: str) -> str:
    """Return the address of the page that asks and then leads to `address`."""
    return f"{reverse('accounts:step-up')}?{urlencode({'next': inside(request, address)})}"


def inside(request: HttpRequest, address: str) -> str:
    """Return the path of an address of this console, and the home page for any other."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    url = urlsplit(address)
    path = url.path if url.path.startswith("/") and not url.path.startswith("//") else "/"
    return f"{path}?{url.query}" if url.query else path
