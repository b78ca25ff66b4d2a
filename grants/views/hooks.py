from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.doors import public
from audit.signed_calls import answered
from grants.actions.helpdesk import receive_case
from opsconsole.lib.signed_calls import Bucket

wrong_calls = Bucket()


@csrf_exempt
@require_POST
@public
def helpdesk(request: HttpRequest) -> JsonResponse:
    return answered(
        request,
        secrets=settings.HELPDESK_SECRETS,
        wrong_calls=wrong_calls,
        receive=lambda call: receive_case(call=call),
    )
