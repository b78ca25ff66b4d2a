"""The verb of `/oauth/events`: what happened in the product becomes events of the log, each once."""

from collections.abc import Callable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions import record
from audit.context import surface
from impersonation.actions import end_session, note_answer
from impersonation.models import ProductReport, SupportSession
from impersonation.oauth.actions.exchanging import caller
from impersonation.oauth.product_rules import Product, product_in_force
from impersonation.oauth.reports import Report, place, read_reports
from opsconsole.lib.clock import database_now

Cause = SupportSession.Cause
ENDS = {
    "agent": Cause.LEFT,
    "left": Cause.LEFT,
    "exit": Cause.LEFT,
    "subject deactivated": Cause.SUBJECT,
    "subject promoted": Cause.SUBJECT,
}
"""What a product says ended a session there -> with which cause it ends here too. Time and idleness the console finds out by itself."""


def take_reports(*, claims: dict[str, Any]) -> dict[str, Any]:
    """Write the reports of one batch and return, for each session, the highest number taken and those still missing.

    A report that came before changes nothing. A gap is an event of high sensitivity, written when it is found. Reports of sessions that
    nobody knows are counted in `unknown`.
    """
    reports, unreadable = read_reports(claims)
    answer: dict[str, Any] = {"sessions": {}, "unknown": 0, "unreadable": unreadable}
    product = product_in_force()
    with surface("product"):
        for sid, group in groupby(reports, key=lambda report: report.sid):
            taken = _take(sid, list(group), product)
            if taken is None:
                answer["unknown"] += 1
                continue
            answer["sessions"][str(sid)] = {"highest": taken.highest, "missing": taken.missing}
    return answer


def _take(sid: UUID, reports: list[Report], product: Product) -> ProductReport | None:
    with transaction.atomic(durable=True):
        session = SupportSession.objects.select_related("tenant", "case", "grant", "agent").filter(pk=sid)
        found = session.exclude(opened_at=None).first()
        if found is None:
            return None
        now = database_now()
        ProductReport.objects.get_or_create(session=found, defaults={"last_at": now})
        position = ProductReport.objects.select_for_update().get(pk=found.pk)
        before = set(position.missing)
        for report in reports:
            try:
                is_new, position.highest, position.missing = place(
                    report.seq, position.highest, position.missing
                )
            except ValueError:
                break
            if is_new:
                _write(report, found, product)
        position.last_at = now
        position.save(update_fields=["highest", "missing", "last_at"])
        _tell_gap(found, sorted(set(position.missing) - before), product)
    return position


def _tell_gap(session: SupportSession, missing: list[int], product: Product) -> None:
    if missing:
        record(
            "product.reports_missing",
            **_about(session) | {"actor": caller(product)},
            outcome="failed",
            count=len(missing),
            numbers=f"{missing[0]} to {missing[-1]}",
            product=product.name,
        )


def _write(report: Report, session: SupportSession, product: Product) -> None:
    write = _KINDS.get(report.kind)
    if write is not None:
        write(report, session, product)


def _area(report: Report, session: SupportSession, product: Product) -> None:
    record("product.area_entered", **_about(session, report), area=_area_of(report), product=product.name)


def _sensitive(report: Report, session: SupportSession, product: Product) -> None:
    what = report.text("what") or report.text("page") or report.text("path")
    record(
        "product.page_seen", **_about(session, report), what=what, area=_area_of(report), product=product.name
    )


def _blocked(report: Report, session: SupportSession, product: Product) -> None:
    record(
        "product.try_blocked",
        **_about(session, report),
        outcome="refused",
        outcome_code=report.text("rule").split(":")[0].strip().replace(" ", "_") or "blocked",
        what=report.text("what") or f"{report.text('method')} {report.text('path')}".strip(),
        rule=report.text("rule"),
        scope=report.text("scope"),
        area=_area_of(report),
        product=product.name,
    )


def _changed(report: Report, session: SupportSession, product: Product) -> None:
    """A change shows its values where the policy calls them safe; else the event only commits to them (NIST AU-3(3))."""
    what, old, new = report.text("what"), report.text("old"), report.text("new")
    if what in product.safe_changes:
        record(
            "product.changed",
            **_about(session, report),
            changes=[{"field": what, "old": old, "new": new}],
            what=what,
            old=old,
            new=new,
            product=product.name,
        )
    else:
        kept = {name: value for name, value in (("old", old), ("new", new)) if value}
        record("product.changed", **_about(session, report), private=kept, what=what, product=product.name)


def _ended(report: Report, session: SupportSession, product: Product) -> None:
    shown, unshown = report.count("shown"), report.counts("unshown")
    record(
        "product.session_left",
        **_about(session, report),
        cause=report.text("cause"),
        shown=shown,
        unshown=[f"{cause}: {count}" for cause, count in unshown.items()],
        product=product.name,
    )
    for why, count in {"shown": shown, **unshown}.items():
        if count:
            note_answer(session_id=session.pk, cause=why, count=count)
    cause = ENDS.get(report.text("cause"))
    if cause is not None:
        actor = session.agent if cause == Cause.LEFT else None
        end_session(actor=actor, session_id=session.pk, cause=cause)


_KINDS: dict[str, Callable[[Report, SupportSession, Product], None]] = {
    "area": _area,
    "sensitive": _sensitive,
    "blocked": _blocked,
    "change": _changed,
    "ended": _ended,
}
"""Kind of a report -> what writes it. Other kinds only count in their place: `opened` is told by the console itself."""


def _area_of(report: Report) -> str:
    return report.text("area")


def _about(session: SupportSession, report: Report | None = None) -> dict[str, Any]:
    return {
        **({"at": report.at} if report else {}),
        "actor": session.agent.as_actor(),
        "tenant": session.tenant.as_ref(),
        "obj": session.as_ref(),
        "subject": session.subject_ref(),
        "trail": session.trail(),
        "authority": "grant",
    }
