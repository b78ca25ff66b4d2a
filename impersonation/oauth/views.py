"""The endpoints of the hand-off. What the agent's browser opens is a page; what the product calls is JSON and signed."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs, public
from accounts.http import StaffRequest
from audit.middleware import record_refusal
from impersonation.oauth import actions
from impersonation.oauth.asked import read_asked
from impersonation.oauth.errors import ClientRefused, RequestRefused
from impersonation.oauth.keys import key_set
from impersonation.oauth.product_rules import has_product, product_in_force
from impersonation.product import tokens
from impersonation.product.remote import body_of
from opsconsole.lib.errors import Conflict
from opsconsole.lib.signed_calls import Bucket

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
wrong_calls = Bucket(size=30)

View = Callable[[HttpRequest], JsonResponse]


@require_GET
@needs("act")
def open_product(request: StaffRequest, session_id: UUID) -> HttpResponse:
    browser = request.session.session_key or ""
    return HttpResponseRedirect(
        actions.open_in_product(actor=request.user, session_id=session_id, browser=browser)
    )


@require_GET
@needs("act")
def authorize(request: StaffRequest) -> HttpResponse:
    asked = read_asked(request.GET.dict(), product_in_force())
    answer = actions.authorize(actor=request.user, asked=asked, browser=request.session.session_key or "")
    return HttpResponseRedirect(f"{asked.redirect_uri}?{urlencode(answer)}")


@require_GET
@public
def jwks(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(key_set())


def product_call(view: View) -> View:
    """Answer a call of the product in the JSON of RFC 6749; only so many refusals a minute are written down."""

    @wraps(view)
    def answered(request: HttpRequest) -> JsonResponse:
        if not has_product():
            return JsonResponse({"error": "not_found"}, status=404)
        try:
            answer = view(request)
        except (ClientRefused, Conflict) as error:
            if not wrong_calls.take():
                return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": "60"})
            record_refusal(request, error)
            word = error.error if isinstance(error, ClientRefused) else "temporarily_unavailable"
            status = error.status if isinstance(error, ClientRefused) else 503
            answer = JsonResponse({"error": word, "error_description": error.sentence}, status=status)
        answer["Cache-Control"] = "no-store, private"
        return answer

    return answered


@csrf_exempt
@require_POST
@public
@product_call
def token(request: HttpRequest) -> JsonResponse:
    form = _form(request)
    if form.get("grant_type") != "authorization_code":
        raise RequestRefused("Only codes are exchanged here.", code="unsupported_grant_type")
    client = actions.authenticate(assertion=form.get("client_assertion", ""))
    answer = actions.exchange_code(
        client_id=client["sub"],
        code=form.get("code", ""),
        verifier=form.get("code_verifier", ""),
        redirect_uri=form.get("redirect_uri", ""),
    )
    return JsonResponse(answer)


@csrf_exempt
@require_POST
@public
@product_call
def introspect(request: HttpRequest) -> JsonResponse:
    form = _form(request)
    client = actions.authenticate(assertion=form.get("client_assertion", ""))
    return JsonResponse(actions.introspect(client_id=client["sub"], token=form.get("token", ""), told=form))


@csrf_exempt
@require_POST
@public
@product_call
def events(request: HttpRequest) -> JsonResponse:
    batch = body_of(request, tokens.LONGEST_BATCH)
    if request.content_type != "application/jwt" or len(batch) > tokens.LONGEST_BATCH:
        raise RequestRefused("Send one signed batch as application/jwt, of at most a megabyte.")
    claims = actions.authenticate(assertion=batch, typ=tokens.EVENTS)
    return JsonResponse(actions.take_reports(claims=claims))


def _form(request: HttpRequest) -> dict[str, str]:
    form = request.POST.dict()
    if form.get("client_assertion_type") != ASSERTION:
        raise ClientRefused("Prove who calls with private_key_jwt.")
    return {name: str(value) for name, value in form.items()}
