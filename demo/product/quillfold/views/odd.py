"""Pages as products have them and banners forget: streamed, framed, never touching a session, broken."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_sameorigin

from demo.product.quillfold.models import Import, Invoice


class Broken(Exception):
    """This page always fails."""


@login_required
def activity(request: HttpRequest) -> StreamingHttpResponse:
    """A long report, sent line by line."""
    user: Any = request.user
    head, _, foot = render_to_string("quillfold/activity.html", request=request).partition("<!-- rows -->")

    def lines() -> Iterator[str]:
        yield head
        for each in Invoice.objects.filter(tenant=user.tenant).order_by("-created_at")[:40]:
            yield format_html("<li>Invoice {} for {}</li>\n", each.number, each.customer_name)
        for job in Import.objects.filter(tenant=user.tenant).order_by("-started_at")[:20]:
            yield format_html("<li>Import {} of {}</li>\n", job.pk, job.file_name)
        yield foot

    return StreamingHttpResponse(lines())


def help_page(request: HttpRequest) -> HttpResponse:
    """Help, with an article in a frame."""
    return render(request, "quillfold/help.html")


@xframe_options_sameorigin
def article(_request: HttpRequest) -> HttpResponse:
    """A page of plain HTML that looks at no session and has no end tags."""
    return HttpResponse(
        "<!doctype html><meta charset=utf-8><title>How imports work</title>"
        "<p>A file is read row by row. The first row that does not fit stops it."
    )


def broken(_request: HttpRequest) -> HttpResponse:
    """Fails."""
    raise Broken


def failed(_request: HttpRequest) -> HttpResponse:
    """The page for what failed; a plain text in HTML, as Django's own."""
    return HttpResponse(render_to_string("quillfold/failed.html"), status=500)
