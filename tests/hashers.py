"""Production's way to hash a password, with a thousandth of its work."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class CheapScrypt(ScryptPasswordHasher):
    """Reads what production's hashed, too: a hash carries the work that went into it."""

    work_factor = 2**4

    def must_update(self, encoded: str) -> bool:
        """Never: the passwords of the cast stay as they were made."""
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: it would do the rest of production's work."""


class DearerScrypt(ScryptPasswordHasher):
    """What a later Django could ask for: more work than the cast's passwords were hashed with."""

    work_factor = 2**5
