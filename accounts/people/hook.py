from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.doors import public
from accounts.leaving.actions.receiving import receive_leaver
from audit.signed_calls import answered
from opsconsole.lib.signed_calls import Bucket

wrong_calls = Bucket()


@csrf_exempt
@require_POST
@public
def people_hook(request: HttpRequest) -> JsonResponse:
    return answered(
        request,
        secrets=settings.PEOPLE_SECRETS,
        wrong_calls=wrong_calls,
        receive=lambda call: receive_leaver(call=call),
    )
