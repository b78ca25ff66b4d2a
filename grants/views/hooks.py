from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.doors import public
from audit.middleware import record_refusal
from grants.actions.helpdesk import KeyUsedTwice, TooManyCalls, TooOld, receive_case
from grants.hooks import LARGEST, Bucket, signed_call
from opsconsole.lib.errors import ConsoleError, Refused

wrong_calls = Bucket()


class WrongSignature(Refused):
    code = "wrong_signature"
    status = 401


@csrf_exempt
@require_POST
@public
def helpdesk(request: HttpRequest) -> JsonResponse:
    if not settings.HELPDESK_SECRETS:
        return JsonResponse({"error": "not_found"}, status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return JsonResponse({"error": "too_large"}, status=413)
    if request.content_type != "application/json":
        return JsonResponse({"error": "not_json"}, status=415)
    call = signed_call(request.headers, request.body, settings.HELPDESK_SECRETS)
    if call is None:
        return _refused(request, WrongSignature("This call is not signed with the helpdesk's secret."))
    try:
        answer = receive_case(call=call)
    except (TooOld, TooManyCalls, KeyUsedTwice) as error:
        return _refused(request, error)
    if answer.fault:
        record_refusal(request, answer.fault)
    return JsonResponse(answer.body, status=answer.status)


def _refused(request: HttpRequest, error: ConsoleError) -> JsonResponse:
    """Answer a call that will not do; only so many a minute are written down, so that nobody fills the log from outside."""
    if not wrong_calls.take():
        return JsonResponse({"error": "too_many_calls"}, status=429, headers={"Retry-After": "60"})
    record_refusal(request, error)
    answer = JsonResponse({"error": error.code, "sentence": error.sentence}, status=error.status)
    if isinstance(error, TooManyCalls):
        answer["Retry-After"] = "60"
    return answer
