"""The customer's page behind a signed link: no console around it, no sign-in, no script."""

import json
from typing import Any

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from audit.middleware import record_refusal, wants_json
from grants.consent.actions.answering import agree, refuse
from grants.consent.actions.counting import count_try
from grants.consent.actions.linking import note_opened
from grants.consent.door import by_link
from grants.consent.forms import AGREE, AnswerForm, QuestionForm
from grants.consent.ledger import ledger_of
from grants.consent.ledger_file import ledger_file, packed
from grants.consent.queries import asked_of, digest_as_asked, find_link
from grants.models import CustomerLink
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.registry import customer_answers, customer_pages
from opsconsole.lib.typed import VerbForm

CHANGED = "This has changed since you opened the page. Please read it again before you answer."


class StaffDoNotAnswer(Refused):
    """Somebody of ours opened the customer's link; what they hold in the console does not make them the customer."""

    code = "staff_do_not_answer"


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def customer_page(request: HttpRequest, signed: str) -> HttpResponse:
    link = find_link(signed)
    ledger = bool(link and _wants_ledger(request, link))
    page = f"{request.method} {request.user.pk or ''} {'the ledger' if ledger else 'one page'} {signed}"
    place = get_client_ip_address(request) or ""
    tries = count_try(page=page, place=place, missed=link is None)
    if tries.too_many:
        return _page(request, "customer/wait.html", {}, status=429)
    if link is None:
        return _page(request, "customer/gone.html", {}, status=404)
    if request.method == "POST":
        return _answer(request, link)
    if request.method == "GET" and tries.is_first:
        _note_opened(request, link)
    return _show(request, link)


def _note_opened(request: HttpRequest, link: CustomerLink) -> None:
    by = request.user if isinstance(request.user, Person) else None
    if _wants_ledger(request, link):
        note_opened(link=link, what="the ledger of past accesses", by=by)
    elif link.kind in customer_pages:
        page = customer_pages[link.kind](about=link.about)
        note_opened(link=link, what=page["what"], by=by, trail=page["trail"])
    else:
        note_opened(link=link, what="the page of one request", by=by)


def _answer(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    if isinstance(request.user, Person):
        sentence = "You are signed in as staff, so you do not answer for the customer. Sign out to look at it as they do."
        raise StaffDoNotAnswer(sentence)
    form = (QuestionForm if link.kind in customer_answers else AnswerForm)(request.POST)
    if form.is_valid():
        try:
            _decide(link, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            record_refusal(request, error)
            return _show(request, link, said=CHANGED, status=409)
        else:
            return HttpResponseRedirect(request.path)
    return _show(request, link, form=form, status=422)


def _decide(link: CustomerLink, *, decision: str = "", digest: str = "", comment: str) -> None:
    if link.kind in customer_answers:
        customer_answers[link.kind](link_id=link.pk, comment=comment)
    elif decision == AGREE and link.request:
        agree(link_id=link.pk, digest=digest or digest_as_asked(link.request))
    else:
        refuse(link_id=link.pk, comment=comment)


def _wants_ledger(request: HttpRequest, link: CustomerLink) -> bool:
    return link.kind == CustomerLink.Kind.LEDGER or request.GET.get("show") == "ledger"


def _show(
    request: HttpRequest,
    link: CustomerLink,
    *,
    form: VerbForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"link": link, "tenant": link.tenant, "said": said}
    if _wants_ledger(request, link):
        return _ledger(request, link, context, status)
    if link.kind in customer_pages:
        page = customer_pages[link.kind](about=link.about)
        return _page(request, page["template"], context | page | {"form": form or QuestionForm()}, status)
    context |= {"asked": asked_of(link), "form": form or AnswerForm()}
    return _page(request, "customer/request.html", context, status)


def _ledger(request: HttpRequest, link: CustomerLink, context: dict[str, Any], status: int) -> HttpResponse:
    """Answer with the ledger: a page to read, JSON for the customer's programs, or a file that can be checked without us."""
    ledger, form = ledger_of(link.tenant), request.GET.get("as", "")
    if form not in ("json", "file") and not wants_json(request):
        return _page(request, "customer/ledger.html", context | {"ledger": ledger}, status)
    told = json.dumps(ledger_file(link.tenant, ledger), ensure_ascii=False, indent=1).encode()
    if form != "file":
        return HttpResponse(told, content_type="application/json")
    answer = HttpResponse(packed(link.tenant, told), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="ledger-{link.tenant.slug}.zip"'
    return answer


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    answer = render(request, template, context, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
