"""The palette: one field that finds tenants, cases, people and pages, by the doors that each of them has."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import StaffRequest
from opsconsole.context import navigation
from opsconsole.lib.doors import signed_in
from opsconsole.lib.hits import Hit
from opsconsole.lib.registry import finders

LONGEST = 200  # characters


@require_GET
@signed_in
def find(request: StaffRequest) -> HttpResponse:
    """Return what a text finds: a whole page, or only the list for the palette."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    hits = _pages(request, text) + [
        hit for finder in finders for hit in finder(person=request.user, text=text)
    ]
    template = "components/hits.html" if request.headers.get("HX-Request") else "find.html"
    return render(request, template, {"hits": hits, "asked": text})


def _pages(request: StaffRequest, text: str) -> list[Hit]:
    items = navigation(request, request.user)
    return [
        Hit(item["title"], item["url"], "Page") for item in items if text.lower() in item["title"].lower()
    ]
