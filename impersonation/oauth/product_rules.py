"""The `[product]` table of `sessions.toml`: where the customer's product is and on which paths it takes the hand-off."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Problems, load
from opsconsole.lib.errors import Conflict
from opsconsole.lib.toml_values import Table
from opsconsole.lib.webhooks import LOOPBACK

FILE = "sessions.toml"
PATHS = {
    "start_path": "/support-session/start/",
    "callback_path": "/support-session/callback/",
    "jwks_path": "/support-session/jwks.json",
    "push_path": "/support-session/push/",
    "actions_path": "/support-session/actions/",
}
_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
_CLIENT = re.compile(r"[A-Za-z0-9._-]{1,100}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


class NoProduct(Conflict):
    """There is no product to hand over to: none in the policy, or no usable address in the environment."""

    code = "no_product"


@dataclass(frozen=True)
class Product:
    """One product that takes support sessions. `paths` are by the names of PATHS.

    `safe_changes` names what the log may show old and new, of the changes that the product reports.
    """

    name: str
    client_id: str
    url_env: str
    paths: Mapping[str, str]
    safe_changes: frozenset[str] = frozenset()

    def base(self) -> str:
        """Return the product's origin from the environment. Raises `NoProduct` where it is missing or not https off loopback."""
        text = os.environ.get(self.url_env, "").rstrip("/")
        url = urlsplit(text)
        secure = url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
        if not secure or not url.hostname or url.username or url.path or url.query or url.fragment:
            raise NoProduct(
                f"The address of {self.name} is not set: {self.url_env} must look like https://app.example.",
                state="no product",
            )
        return text

    def url(self, name: str) -> str:
        """Return the address of one of PATHS."""
        return self.base() + self.paths[name]


def parse_product(bundle: Bundle, problems: Problems) -> Product | None:
    """Return the product of a bundle, None where sessions stay in the console; mistakes are noted, all at once."""
    if FILE not in bundle.files:
        return None
    document = bundle.toml(FILE, problems)
    if document is None or "product" not in document.data:
        return None
    table = Table(document, problems, ("product",))
    found = Product(
        name=table.text("name", fallback="Quillfold"),
        client_id=_fits(table, "client_id", "quillfold", _CLIENT, "letters, digits, dots and dashes"),
        url_env=_fits(table, "url_env", "PRODUCT_URL", _VARIABLE, "the name of a variable in capitals"),
        paths={
            key: _fits(table, key, path, _PATH, "a path that begins with /") for key, path in PATHS.items()
        },
        safe_changes=frozenset(table.texts("safe_changes") if "safe_changes" in table.values else ()),
    )
    table.refuse_unknown()
    return found


def _fits(table: Table, key: str, fallback: str, form: re.Pattern[str], words: str) -> str:
    if key in PATHS and key not in table.values:
        table.known.add(key)
        return fallback
    value = table.text(key, fallback=fallback)
    if not form.fullmatch(value) or "//" in value or "/." in value:
        table.wrong(key, f"is {value!r}", f"write {words}, such as {fallback!r}")
        return fallback
    return value


def check_product(bundle: Bundle, problems: Problems) -> None:
    """Report every mistake of the `[product]` table; registered as a check of the bundle."""
    parse_product(bundle, problems)


def product_in_force() -> Product:
    """Return the product of the policy in force. Raises `NoProduct`."""
    policy = active_policy()
    product = load(policy.bundle, parse_product, policy.version)
    if product is None:
        raise NoProduct("The policy in force names no product to open.", state="no product")
    return product


def has_product() -> bool:
    """Tell whether there is a product to hand over to, with a usable address."""
    try:
        product_in_force().base()
    except NoProduct:
        return False
    return True
