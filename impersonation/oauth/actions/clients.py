"""Who calls: the product proves it with a signed token of its own, good once (RFC 7523, `private_key_jwt`)."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from impersonation.models import SeenToken
from impersonation.oauth.errors import ClientRefused, ProductSilent
from impersonation.oauth.product_rules import Product, product_in_force
from impersonation.product import tokens
from impersonation.product.remote import RemoteKeys, Silent
from opsconsole.lib.clock import database_now

_keys = RemoteKeys()


def authenticate(*, assertion: str, typ: str = tokens.CLIENT) -> dict[str, Any]:
    """Return the claims of a product's signed call, which counts once.

    Raises `ClientRefused` for one that is not believed, or came before; `ProductSilent` where the product's key cannot be read.
    """
    product, now = product_in_force(), database_now()
    longest = tokens.LONGEST_BATCH if typ == tokens.EVENTS else tokens.LONGEST_TOKEN
    try:
        keys = _keys.of(product.url("jwks_path"), tokens.key_id(assertion, longest))
        expected = tokens.Expected(typ, product.client_id, settings.PUBLIC_URL, now.timestamp(), longest)
        claims = tokens.opened(assertion, keys, expected)
    except tokens.BadToken as error:
        raise ClientRefused(f"This call is not believed: {error.code}.") from None
    except Silent as error:
        raise ProductSilent(f"The key of {product.name} cannot be read: {error}.") from None
    if claims.get("sub") != product.client_id:
        raise ClientRefused("This call is not believed: sub.")
    _take_once(product, claims, now)
    return claims


def _take_once(product: Product, claims: dict[str, Any], now: datetime) -> None:
    """Keep the id of a call, in a transaction of its own: it counts as used, whatever becomes of the rest."""
    with transaction.atomic(durable=True):
        kept, is_new = SeenToken.objects.get_or_create(
            client_id=product.client_id,
            token_id=claims["jti"],
            defaults={"expires_at": now + timedelta(seconds=tokens.LONGEST_LIFE + 2 * tokens.SKEW)},
        )
    if not is_new:
        raise ClientRefused(f"This call came before: jti {kept.token_id}.", code="replayed")


def forget_old_calls() -> int:
    """Remove the ids of calls that are too old to be taken anyway, and return how many there were."""
    return SeenToken.objects.filter(expires_at__lt=database_now()).delete()[0]
