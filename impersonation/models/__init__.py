from impersonation.models.handoff import Code, Handle, ProductNews, ProductReport, SeenToken
from impersonation.models.running import ActionRun
from impersonation.models.session import SessionTrace, SupportSession

__all__ = [
    "ActionRun",
    "Code",
    "Handle",
    "ProductNews",
    "ProductReport",
    "SeenToken",
    "SessionTrace",
    "SupportSession",
]
