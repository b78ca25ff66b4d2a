"""Users of the company, and invitations."""

import secrets
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from demo.product.quillfold.models import Invite, Presence, User
from demo.product.quillfold.people import remember
from impersonation.product.context import signed


@login_required
def users(request: HttpRequest) -> HttpResponse:
    """Everybody, who was here lately, and who is invited."""
    user: Any = request.user
    found = User.objects.filter(tenant=user.tenant).order_by("email")[:60]
    seen = dict(
        Presence.objects.filter(user__in=[each.pk for each in found]).values_list("user_id", "seen_at")
    )
    invites = Invite.objects.filter(tenant=user.tenant).order_by("-invited_at")[:10]
    rows = [(each, seen.get(each.pk)) for each in found]
    return render(request, "quillfold/users.html", {"users": rows, "invites": invites})


@login_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invites somebody by mail."""
    user: Any = request.user
    email = request.POST.get("email", "").strip()[:200]
    Invite.objects.create(
        id=uuid.uuid4(),
        tenant=user.tenant,
        email=email,
        role="viewer",
        status="sent",
        token=secrets.token_hex(20),
        invited_at=timezone.now(),
    )
    send_mail(f"Join {user.tenant.name} on Quillfold", "You are invited.", "hello@quillfold.example", [email])
    remember(request, "invitation", "", email)
    messages.success(request, f"Invited by {signed(str(user))}.")
    return redirect("users")
