"""What the helpdesk's signed calls say (opsconsole.lib.signed_calls)."""

from opsconsole.lib.signed_calls import Fields

FIELDS = Fields(
    needed=("ticket", "tenant", "issue"),
    optional=("owner", "failed", "seen_by", "identity", "notes"),
    longest={"ticket": 64, "tenant": 200, "owner": 254},
)


def fields_of(body: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts of a body and one sentence for each field that is wrong; nothing is bent to fit."""
    return FIELDS.read(body)
