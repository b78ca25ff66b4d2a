"""How a signed call of another system is answered over HTTP: its signature first, refusals written down, though not without end."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, JsonResponse

from audit.middleware import record_refusal
from opsconsole.lib.errors import ConsoleError
from opsconsole.lib.signed_calls import (
    LARGEST,
    Answer,
    Bucket,
    Call,
    KeyUsedTwice,
    TooManyCalls,
    TooOld,
    WrongSignature,
    signed_call,
)


def answered(
    request: HttpRequest, *, secrets: Sequence[bytes], wrong_calls: Bucket, receive: Callable[[Call], Answer]
) -> JsonResponse:
    """Return the answer to a call: 404 where nobody set a secret, 401 for a wrong signature, else what `receive` answers."""
    if not secrets:
        return JsonResponse({"error": "not_found"}, status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return JsonResponse({"error": "too_large"}, status=413)
    if request.content_type != "application/json":
        return JsonResponse({"error": "not_json"}, status=415)
    call = signed_call(request.headers, request.body, secrets)
    if call is None:
        return _refused(
            request, WrongSignature("This call is not signed with the secret of its kind."), wrong_calls
        )
    try:
        answer = receive(call)
    except (TooOld, TooManyCalls, KeyUsedTwice) as error:
        return _refused(request, error, wrong_calls)
    if answer.fault:
        record_refusal(request, answer.fault)
    return JsonResponse(answer.body, status=answer.status)


def _refused(request: HttpRequest, error: ConsoleError, wrong_calls: Bucket) -> JsonResponse:
    """Answer a call that will not do; only so many a minute are written down, so that nobody fills the log from outside."""
    if not wrong_calls.take():
        return JsonResponse({"error": "too_many_calls"}, status=429, headers={"Retry-After": "60"})
    record_refusal(request, error)
    answer = JsonResponse({"error": error.code, "sentence": error.sentence}, status=error.status)
    if isinstance(error, TooManyCalls):
        answer["Retry-After"] = "60"
    return answer
