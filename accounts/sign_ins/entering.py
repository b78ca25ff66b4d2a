from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.factors.fresh import Proof
from accounts.models import Person
from accounts.sign_ins.actions import sign_in
from accounts.sign_ins.devices import device_secret, keep_device


def enter(request: HttpRequest, person: Person, to: str, proof: Proof | None = None) -> HttpResponse:
    """Sign somebody in and lead to a page of the console; the browser gets the cookie by which it is known again."""
    device = device_secret(request)
    sign_in(request=request, person=person, device=device, proof=proof)
    answer = redirect(to)
    keep_device(answer, device)
    return answer
