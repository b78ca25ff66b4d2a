"""What the console may ask this product to do for a customer, each by the product's own rules."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone

from demo.product.quillfold.models import Invite, SettingsChange, Tenant
from impersonation.product.actions import ActionRefused, Call, Change, SupportAction, support_action
from impersonation.product.context import acting

FROM = "hello@quillfold.example"
_SYNCS = """
    select distinct on (kind) id, kind, status, coalesce(error_text, '') from sync_jobs where tenant_id = %s
    order by kind, queued_at desc, id desc
"""
_LIMIT = "select used_24h, allowed_24h from send_limits where tenant_id = %s and kind = 'invites'"
_ACCOUNT = """
    select id, billing_email from billing_accounts where tenant_id = %s and (active_until is null or active_until > now())
    order by active_from desc limit 1
"""


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def _tenant(call: Call) -> Tenant:
    found = Tenant.objects.filter(pk=UUID(call.org)).first()
    if found is None or found.status == "closed":
        raise ActionRefused("This account is closed.")
    return found


def _remember(call: Call, change: Change, *, name: str = "") -> None:
    """Write into the customer's own history that support did it, and for whom."""
    who = acting()
    SettingsChange.objects.create(
        tenant_id=call.org,
        changed_by_id=call.subject_id or None,
        setting=name or change.name,
        old_value=change.old,
        new_value=change.new,
        at=timezone.now(),
        support_agent=str(who or call.agent),
    )


@support_action("sync.rerun")
class RunSyncAgain(SupportAction):
    """Puts the newest failed run of a sync back into the queue."""

    def current(self, call: Call) -> dict[str, str]:
        return {kind: f"{status} {why}".strip() for _, kind, status, why in _rows(_SYNCS, _tenant(call).pk)}

    def preview(self, call: Call) -> list[Change]:
        _, status = self._job(call)
        return [Change("sync", f"the sync “{call.fields.get('sync')}”", status, "queued")]

    def run(self, call: Call) -> list[Change]:
        changes, (number, _) = self.preview(call), self._job(call)
        _rows(
            "update sync_jobs set status = 'queued', stage = 'queued', percent = 0, attempts = attempts + 1, error_text = null,"
            " updated_at = now(), finished_at = null where id = %s",
            number,
        )
        _remember(call, changes[0])
        return changes

    def _job(self, call: Call) -> tuple[int, str]:
        wanted = call.fields.get("sync")
        found = [row for row in _rows(_SYNCS, _tenant(call).pk) if row[1] == wanted]
        if not found:
            raise ActionRefused(f"This customer has no sync called {wanted}.")
        number, _, status, _ = found[0]
        if status not in {"failed", "delayed"}:
            raise ActionRefused(f"This sync is {status}; only one that failed or is late runs again.")
        return number, status


@support_action("invite.resend")
class SendInvitationAgain(SupportAction):
    """Sends a waiting invitation again, within the customer's limit of the day."""

    def current(self, call: Call) -> dict[str, str]:
        used, allowed = self._limit(call)
        waiting = Invite.objects.filter(tenant=_tenant(call)).exclude(status="accepted")
        latest = {_masked(each.email): each.status for each in waiting.order_by("-invited_at")[:8]}
        return {"Invitations in 24 hours": f"{used} of {allowed}", **latest}

    def preview(self, call: Call) -> list[Change]:
        return [Change("invitation", "invitation", self._invite(call).status, "sent")]

    def run(self, call: Call) -> list[Change]:
        changes, invite = self.preview(call), self._invite(call)
        used, allowed = self._limit(call, "for update")
        if used >= allowed:
            raise ActionRefused(f"{used} of {allowed} invitations went out in 24 hours; the rest wait.")
        Invite.objects.filter(pk=invite.pk).update(status="sent", invited_at=timezone.now())
        _rows(
            "update send_limits set used_24h = used_24h + 1 where tenant_id = %s and kind = 'invites'",
            call.org,
        )
        _remember(call, changes[0])
        transaction.on_commit(
            partial(send_mail, "Your invitation to Quillfold", "You are invited.", FROM, [invite.email])
        )
        return changes

    def _invite(self, call: Call) -> Invite:
        wanted = call.fields.get("email", "")
        found = Invite.objects.filter(tenant=_tenant(call), email__iexact=wanted).order_by("-invited_at")
        invite = found.first()
        if invite is None:
            raise ActionRefused("Nobody was invited at this address.")
        if invite.status == "accepted":
            raise ActionRefused("This invitation was accepted already.")
        return invite

    def _limit(self, call: Call, lock: str = "") -> tuple[int, int]:
        found = _rows(f"{_LIMIT} {lock}", call.org)
        return (found[0][0], found[0][1]) if found else (0, 50)


@support_action("invoice_email.update")
class UpdateInvoiceEmail(SupportAction):
    """Changes the address that this customer's invoices go to."""

    def current(self, call: Call) -> dict[str, str]:
        return {"Invoices go to": self._account(call)[1]}

    def preview(self, call: Call) -> list[Change]:
        new = call.fields.get("email", "").strip()
        old = self._account(call)[1]
        if new.lower() == old.lower():
            raise ActionRefused("Invoices go to this address already.")
        return [Change("invoice_email", "the invoice e-mail", old, new)]

    def run(self, call: Call) -> list[Change]:
        changes, (number, _) = self.preview(call), self._account(call)
        _rows("update billing_accounts set billing_email = %s where id = %s", changes[0].new, number)
        _remember(call, changes[0])
        return changes

    def _account(self, call: Call) -> tuple[UUID, str]:
        found = _rows(_ACCOUNT, _tenant(call).pk)
        if not found:
            raise ActionRefused("This customer has no billing account.")
        return found[0][0], found[0][1]


@support_action("setting.restore")
class RestoreSetting(SupportAction):
    """Puts one setting back to what it was before its last change; never a secret."""

    def current(self, call: Call) -> dict[str, str]:
        changes = SettingsChange.objects.filter(tenant=_tenant(call), is_secret=False).order_by("-at", "-id")
        latest: dict[str, str] = {}
        for change in changes[:50]:
            latest.setdefault(change.setting, change.new_value or "")
        return latest

    def preview(self, call: Call) -> list[Change]:
        last = self._last(call)
        return [Change(last.setting, last.setting, last.new_value or "", last.old_value or "")]

    def run(self, call: Call) -> list[Change]:
        changes = self.preview(call)
        tenant = Tenant.objects.select_for_update().get(pk=call.org)
        group, _, name = changes[0].name.rpartition(".")
        settings = dict(tenant.settings)
        within = dict(settings.get(group, {})) if group else settings
        within[name] = _of_its_kind(changes[0].new, within.get(name))
        if group:
            settings[group] = within
        Tenant.objects.filter(pk=tenant.pk).update(settings=settings)
        _remember(call, changes[0])
        return changes

    def _last(self, call: Call) -> SettingsChange:
        wanted = call.fields.get("setting", "")
        found = (
            SettingsChange.objects.filter(tenant=_tenant(call), setting=wanted).order_by("-at", "-id").first()
        )
        if found is None:
            raise ActionRefused(f"Nobody has changed {wanted or 'this setting'} here.")
        if found.is_secret:
            raise ActionRefused("A secret cannot be put back.")
        return found


def _of_its_kind(text: str, now: object) -> object:
    """The history keeps texts: a number or a yes goes back as what it was."""
    if isinstance(now, bool):
        return text.lower() in {"yes", "true"}
    return int(text) if isinstance(now, int) and text.isdecimal() else text


def _masked(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"
