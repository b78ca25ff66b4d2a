"""Single sign-on: there, back, and the link between a person and their account at the provider."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import public, signed_in, step_up
from accounts.factors.actions import LockedOut
from accounts.factors.asking import inside
from accounts.factors.half import begin_half
from accounts.http import StaffRequest
from accounts.models import Person
from accounts.queries import roles_in_force
from accounts.sign_ins.actions import note_refused_sign_in
from accounts.sign_ins.entering import enter
from accounts.single_sign_on.actions import NotLetIn, let_in, link, show_at_provider, unlink
from accounts.single_sign_on.flow import Brought, ProviderSilent, brought_back, lead_there
from accounts.single_sign_on.provider import NotProved
from accounts.single_sign_on.queries import link_of, provider_name
from opsconsole.lib.step_up import FACTORS

MAY_LINK = "may_link"


@never_cache
@require_GET
@public
def there(request: HttpRequest) -> HttpResponse:
    """Lead to the provider: from the page of sign-in, or from the page on which somebody signed in has asked for the link."""
    _on()
    person = request.user if isinstance(request.user, Person) else None
    linking = str(person.pk) if person and request.session.pop(MAY_LINK, False) else ""
    again = str(person.pk) if person and not linking and "again" in request.GET and link_of(person) else ""
    if person and not linking and not again:
        return redirect("accounts:home")
    onward = inside(request, request.GET.get("next", "/"))
    try:
        return lead_there(request, next_page=onward, linking=linking, again=again)
    except ProviderSilent:
        return _silent(request)


@never_cache
@require_GET
@public
def back(request: HttpRequest) -> HttpResponse:
    """Take what the provider says of somebody, once."""
    _on()
    try:
        brought = brought_back(request)
        return (_linked if brought.linking else _shown if brought.again else _in)(request, brought)
    except NotProved as error:
        sentence = f"{provider_name()} could not tell us who you are: {error}. Please start again."
        return _refused(request, sentence, str(error), None)
    except NotLetIn as error:
        return _refused(request, error.sentence, error.cause, error.person)
    except LockedOut:
        return render(request, "errors/429.html", status=429)
    except ProviderSilent:
        return _silent(request)


def _in(request: HttpRequest, brought: Brought) -> HttpResponse:
    person, proof = let_in(request=request, told=brought.told)
    if roles_in_force().sign_in.second_factor and proof is None:
        begin_half(request, person, brought.next)
        return redirect("accounts:second-factor")
    request.session.flush()
    return enter(request, person, brought.next, proof)


def _same(request: HttpRequest, begun_by: str) -> Person:
    if not isinstance(request.user, Person) or str(request.user.pk) != begun_by:
        raise NotProved("it was begun by somebody else")
    return request.user


def _shown(request: HttpRequest, brought: Brought) -> HttpResponse:
    show_at_provider(request=request, actor=_same(request, brought.again), told=brought.told)
    return redirect(brought.next)


def _linked(request: HttpRequest, brought: Brought) -> HttpResponse:
    link(actor=_same(request, brought.linking), told=brought.told)
    who = brought.told.name or brought.told.email or brought.told.username
    messages.success(
        request,
        f"Linked to {who or 'your account'} at {provider_name()}. You can sign in with it from now on.",
    )
    return redirect("accounts:security")


@require_POST
@step_up(FACTORS)
@signed_in
def ask_to_link(request: StaffRequest) -> HttpResponse:
    """Show the plain link that leads to the provider: a form may not lead out of the console (CSP, form-action)."""
    _on()
    request.session[MAY_LINK] = True
    return render(request, "accounts/link.html", {"company": provider_name()})


@require_POST
@step_up(FACTORS)
@signed_in
def end_link(request: StaffRequest) -> HttpResponse:
    if unlink(actor=request.user, person=request.user):
        messages.success(request, "The link is gone. It opens nothing here any more.")
    return redirect("accounts:security")


def _on() -> None:
    if not settings.SINGLE_SIGN_ON or not provider_name():
        raise Http404


def _refused(request: HttpRequest, sentence: str, cause: str, person: Person | None) -> HttpResponse:
    note_refused_sign_in(username=person.username if person else "", cause=cause)
    return _page(request, sentence, 422)


def _silent(request: HttpRequest) -> HttpResponse:
    return _page(request, f"{provider_name()} does not answer right now. Try again in a minute.", 503)


def _page(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    context = {"error": capfirst(sentence), "company": provider_name(), "action": reverse("accounts:sign-in")}
    return render(request, "accounts/sign_in.html", context, status=status)
