from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from audit.rights import excess_rights


@register(Tags.database)
def app_runs_with_no_more_rights(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Report a database role that could change or forge the log (NIST AU-9)."""
    if not databases or "default" not in databases:
        return []
    connection = connections["default"]
    if connection.settings_dict["USER"] != settings.APP_DATABASE_ROLE:
        return []  # `migrate`, as the owner
    hint = "Run the console as the app's role of DATABASE_URL; OWNER_DATABASE_URL is for migrate only."
    return [Error(sentence, hint=hint, id="audit.E001") for sentence in excess_rights(connection)]
