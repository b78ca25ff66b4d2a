"""One page with every component on it, for the browser tests and for looking at."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Engine
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[2]
TENANT_ID = "0b6d2f0e-9a43-4f0e-8f3c-5a0c8c6f2d11"
NAV = [
    {
        "title": title,
        "url": f"/{title.lower()}/",
        "icon": title.lower(),
        "key": key,
        "count": count,
        "current": count == 0,
    }
    for title, key, count in (
        ("Home", "h", None),
        ("Tenants", "t", 0),
        ("Cases", "c", None),
        ("Requests", "r", 3),
        ("Sessions", "s", None),
        ("Audit", "a", None),
        ("Reviews", "v", 12),
        ("People", "p", None),
        ("Policy", "o", None),
    )
]


class AskForm(forms.Form):
    """A form with one field of each shape, some of them wrong."""

    ticket = forms.CharField(help_text="For example HD-48192.")
    reason = forms.CharField(
        widget=forms.Textarea, help_text="What failed, who saw it, and what you will look at."
    )
    length = forms.ChoiceField(label="How long", choices=[("30", "30 minutes"), ("60", "1 hour")])
    scopes = forms.MultipleChoiceField(
        label="What you need",
        widget=forms.CheckboxSelectMultiple,
        choices=[("billing.detail", "See invoices and refunds"), ("sync.rerun", "Start a failed sync again")],
    )
    owner = forms.CharField(required=False)


def engine() -> Engine:
    """Returns a template engine with the console's templates and tags, and none of its context processors."""
    return Engine(
        dirs=[str(ROOT / "templates"), str(ROOT / "tests/frontend")],
        libraries={"ui": "opsconsole.templatetags.ui", "static": "django.templatetags.static"},
    )


def _cells() -> dict[str, object]:
    now = timezone.now()
    columns = [{"label": "When"}, {"label": "State"}, {"label": "Card"}, {"label": "Amount", "numeric": True}]
    values: list[list[object]] = [
        [now - timedelta(hours=2), {"text": "failed", "meaning": "The card was refused", "tone": "bad"}],
        [now - timedelta(days=3), {"text": "paid", "meaning": "The money has arrived", "tone": "good"}],
        [
            now - timedelta(days=64),
            {"text": "refunded", "meaning": "Given back to the customer", "tone": "neutral"},
        ],
    ]
    tail = [{"text": "•••• 4242", "masked": True}, "€ 1,249.00"]
    return {"columns": columns, "rows": [list(zip(columns, value + tail, strict=True)) for value in values]}


def context(*, theme: str = "", signed_in: bool = True) -> dict[str, object]:
    """Returns the variables of the gallery, with times counted from now."""
    now = timezone.now()
    form = AskForm({"reason": "need access", "length": "30", "ticket": ""})
    return {
        "theme": theme,
        "nav": NAV,
        "policy_version": "4f1c0a9be27d",
        "second_factor_required": False,
        "demo": True,
        "search_url": "/tenants/",
        "user": SimpleNamespace(is_authenticated=signed_in, username="agent", display_name="Support agent"),
        "csrf_token": "x" * 64,
        "messages": [Message(constants.SUCCESS, "Your request was sent. An approver has been told.")]
        if signed_in
        else [],
        "tenant_id": TENANT_ID,
        "tenant_short": TENANT_ID[:8],
        "minutes_ago": now - timedelta(minutes=4),
        "hours_ago": now - timedelta(hours=3),
        "soon": now + timedelta(minutes=27, seconds=9),
        "very_soon": now + timedelta(minutes=4),
        "minute": now + timedelta(seconds=50),
        "form": form,
        "tabs": [
            {"title": title, "url": "#", "count": count, "current": title == "Billing"}
            for title, count in (("Account", 0), ("Billing", 2), ("Jobs", 1), ("Flags", 0), ("Activity", 0))
        ],
        "picks": [
            {"title": "All", "url": "#", "current": True, "count": 40},
            {"title": "Failed", "url": "#", "count": 2},
        ],
        "facts": [
            {"label": "Plan", "value": "Team, 10 seats"},
            {
                "label": "State",
                "text": "past_due",
                "meaning": "A payment failed and we are trying again",
                "tone": "bad",
            },
            {"label": "Price", "value": "€ 1,249.00 a month", "hint": "Paid from the card on file."},
            {"label": "Renews", "at": now + timedelta(days=9)},
            {"label": "Billing e-mail", "text": "b***@northwind-paper.example", "masked": True},
            {"label": "Tax number", "value": None},
            {"label": "Tenant", "code": TENANT_ID},
        ],
        "events": [
            {
                "at": now - timedelta(minutes=3),
                "text": "You opened Billing under ticket HD-48192",
                "tone": "neutral",
            },
            {
                "at": now - timedelta(minutes=9),
                "text": "Support lead approved 30 minutes",
                "tone": "good",
                "detail": "Dropped: change the plan.",
            },
            {
                "at": now - timedelta(hours=1),
                "text": "The charge of 18 Nov failed",
                "tone": "bad",
                "detail": "The card was refused.",
            },
        ],
        "may": ["See invoices and refunds", "Start a failed sync again"],
        "leave": ["Change the plan", "See other tenants of the same owner", "Download lists of customers"],
        **_cells(),
    }


def page(template: str = "gallery.html", *, theme: str = "", signed_in: bool = True, **more: object) -> str:
    """Returns one template rendered with the gallery's variables."""
    return (
        engine().get_template(template).render(Context({**context(theme=theme, signed_in=signed_in), **more}))
    )
