"""The verbs of the hand-off, one function each."""

from impersonation.oauth.actions.authorizing import authorize
from impersonation.oauth.actions.clients import authenticate
from impersonation.oauth.actions.exchanging import exchange_code
from impersonation.oauth.actions.introspecting import introspect
from impersonation.oauth.actions.opening import open_in_product
from impersonation.oauth.actions.reporting import take_reports
from impersonation.oauth.actions.telling import send_news, tell_product, tell_product_of_change

__all__ = [
    "authenticate",
    "authorize",
    "exchange_code",
    "introspect",
    "open_in_product",
    "send_news",
    "take_reports",
    "tell_product",
    "tell_product_of_change",
]
