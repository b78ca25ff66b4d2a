"""An authentication backend that signs nobody in: it takes permissions away while an agent only looks."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied

from .context import acting

CHANGES = ("add_", "change_", "delete_")


class SupportSessionBackend(BaseBackend):
    """First in AUTHENTICATION_BACKENDS: buttons that ask for a permission to change are not drawn in a session that may only look."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Raises PermissionDenied, which Django takes for a no that no other backend is asked about."""
        who = acting()
        if who is not None and who.mode != "act" and perm.rpartition(".")[2].startswith(CHANGES):
            raise PermissionDenied
        return False
