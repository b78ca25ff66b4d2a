"""The two middlewares of the product: one shows the session, the other holds it to its rules."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token, rotate_token
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404

from . import answers, cookies
from .banner import Banner, BannerMiddleware
from .conf import imported, setting
from .context import acting_as
from .models import ProductSession
from .reading import Reading, acting_of, is_live, read_session
from .rules import SAFE, Refusal, judge, judge_answer, route_of
from .scratch import stand_in, step_back
from .sessions import cause_of_end, count, database_now, end, note, seen
from .streams import hold, read_whole

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SupportBannerMiddleware(BannerMiddleware):
    """The banner of the product's sessions; it belongs at the top of MIDDLEWARE, right below SecurityMiddleware."""

    def might_be_live(self, request: HttpRequest) -> bool:
        return cookies.name() in request.COOKIES

    def banner_of(self, request: HttpRequest) -> Banner | None:
        session: ProductSession | None = getattr(request, "support_session", None)
        if session is None or session.ended_at is not None:
            return None
        return Banner(
            session_id=session.sid,
            agent=session.agent_label,
            tenant=session.org_label,
            subject=getattr(request, "support_subject", ""),
            ticket=session.ticket,
            approver=session.approver,
            may=tuple(session.may),
            ends_at=session.ends_at,
            exit_url=reverse("support_session:exit"),
            csrf_token=get_token(request),
            page_url=answers.page_of(session),
            status_url=reverse("support_session:status"),
        )

    def counted(self, request: HttpRequest, cause: str) -> None:
        count(request.support_session.pk, cause)  # type: ignore[attr-defined]


class SupportSessionMiddleware:
    """`request.user` is the subject and `request.actor` the agent, for one request. Nobody is ever signed in.

    It stands right below AuthenticationMiddleware. A request without the session's cookie costs one look into a dict.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        key = cookies.key_of(request)
        if not key:
            return self.get_response(request)
        reading = read_session(key)
        if request.path_info.startswith(setting("PATH")):
            return self._own_page(request, reading)
        if reading is None or reading.cause:
            return self._over(request, reading, reading.cause if reading else "unknown")
        return self._in_session(request, reading)

    def _own_page(self, request: HttpRequest, reading: Reading | None) -> HttpResponseBase:
        """Exit, status and the hand-off: pages of the package, which look at the session by themselves."""
        if reading is not None and not reading.cause:
            request.support_session = reading.session  # type: ignore[attr-defined]
            request.support_subject = _label(_subject(reading.session))  # type: ignore[attr-defined]
            get_token(request)
        return self.get_response(request)

    def _in_session(self, request: HttpRequest, reading: Reading) -> HttpResponseBase:
        session = reading.session
        writes = _writes(request)
        subject = _subject(session)
        cause = _subject_gone(subject) or _asked(session, writes=writes)
        if cause == "unanswered":
            return self._refused(request, session, subject, answers.UNANSWERED)
        if cause:
            return self._over(request, reading, cause)
        refusal = _refusal(request, session)
        if refusal is not None:
            return self._refused(request, session, subject, refusal)
        self._take_note(request, reading)
        own, who = stand_in(request, session, subject, _label(subject)), acting_of(session)
        try:
            with acting_as(who):
                response = self._written(request, session) if writes else self.get_response(request)
        finally:
            step_back(request, own)
        file = _file_in(request, response)
        if file is not None:
            return self._refused(request, session, subject, file)
        if response.streaming and not writes:
            hold(response, who, partial(_is_over, session.pk))
        return response

    def _written(self, request: HttpRequest, session: ProductSession) -> HttpResponseBase:
        """A write stands only when the session still lives after it: else, after a failure and with a file, all of it is undone."""
        with ExitStack() as stack:
            aliases = dict.fromkeys(("default", *setting("DATABASES")))
            for alias in aliases:
                stack.enter_context(transaction.atomic(using=alias))
            response = self.get_response(request)
            if response.streaming:
                read_whole(response)
            lives = is_live(session.pk)
            if not lives or response.status_code >= 500 or _file_in(request, response):
                for alias in aliases:
                    transaction.set_rollback(True, using=alias)
        if lives:
            return response
        note(
            session, "blocked", method=request.method, path=_route(request), rule="ended while it ran; undone"
        )
        reading = read_session(cookies.key_of(request))
        return self._over(request, reading, (reading.cause if reading else "") or "ended")

    def _over(self, request: HttpRequest, reading: Reading | None, cause: str) -> HttpResponseBase:
        """The session is over: nothing is done in anybody's name, the key is taken back, the end is recorded once."""
        if reading is not None:
            end(reading.session, cause)
        request.support_session = None  # type: ignore[attr-defined]
        response = answers.over(request, reading.session if reading else None, cause)
        cookies.take_back(response)
        rotate_token(request)  # a form of this session that is still open in a tab is nobody else's form
        return response

    def _refused(
        self, request: HttpRequest, session: ProductSession, subject: Any, refusal: Refusal
    ) -> HttpResponseBase:
        note(
            session,
            "blocked",
            method=request.method,
            path=_route(request),
            rule=refusal.rule,
            scope=refusal.scope,
        )
        request.support_session = session  # type: ignore[attr-defined]
        request.support_subject = _label(subject)  # type: ignore[attr-defined]
        get_token(request)
        return answers.refused(request, session, refusal)

    def _take_note(self, request: HttpRequest, reading: Reading) -> None:
        route = route_of(request.path_info)
        human = _is_human(request) and not (route and route.passive)
        sensitive = _route(request) if route and route.sensitive else ""
        seen(reading.session, reading.now, route.area if route else "", human=human, sensitive_page=sensitive)


def _subject(session: ProductSession) -> Any:
    return imported("SUBJECT")(session.subject_id, session.org)


def _label(subject: Any) -> str:
    return str(imported("LABEL")(subject)) if subject is not None else ""


def _subject_gone(subject: Any) -> str:
    if subject is None or not subject.is_active:
        return "subject deactivated"
    return "subject promoted" if imported("SUPERIOR")(subject) else ""


def _asked(session: ProductSession, *, writes: bool) -> str:
    """What the console says about the session; nothing where the product stands alone."""
    verdict = _introspection() if setting("CONSOLE_URL") else None
    return str(verdict(session, write=writes)) if verdict else ""


@lru_cache(maxsize=1)
def _introspection() -> Any:
    found = find_spec(".introspection", __package__)
    return import_module(".introspection", __package__).verdict if found else None


def _refusal(request: HttpRequest, session: ProductSession) -> Refusal | None:
    carried = any(request.headers.get(name) for name in setting("TOKEN_HEADERS"))
    if carried or "access_token" in request.GET:  # the address is a place for one too (RFC 6750, section 2.3)
        return answers.BEARER
    return judge(
        str(request.method), request.path_info, mode=session.mode, scopes=session.scopes, deny=session.deny
    )


def _file_in(request: HttpRequest, response: HttpResponseBase) -> Refusal | None:
    kind, shown = (response.headers.get(name, "") for name in ("Content-Type", "Content-Disposition"))
    return judge_answer(request.path_info, kind, shown)


def _is_over(session_id: int) -> bool:
    """Tell of a stream under way whether its session is over by now."""
    session = ProductSession.objects.get(pk=session_id)
    return bool(cause_of_end(session, database_now()) or _asked(session, writes=False))


def _writes(request: HttpRequest) -> bool:
    route = route_of(request.path_info)
    return request.method not in SAFE or bool(route and route.side_effect)


def _is_human(request: HttpRequest) -> bool:
    """A page a person went to, or a form they sent; what a script asks for by itself keeps no session alive.

    Keys and clicks on a page of scripts are told by banner.js.
    """
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return request.headers.get("HX-Boosted") == "true"
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _route(request: HttpRequest) -> str:
    """The pattern of the address, so that no id or search word of a customer leaves the product."""
    try:
        return "/" + resolve(request.path_info).route
    except Resolver404:
        return "no such page"
