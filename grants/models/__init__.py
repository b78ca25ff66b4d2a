"""The life of a temporary access. Every invariant stands in PostgreSQL too: `grants/sql_files`."""

from grants.models.approval import Approval, ApprovalScope
from grants.models.campaign import Campaign, CampaignItem
from grants.models.case import Case, Closeout
from grants.models.channel import Channel
from grants.models.consent import (
    ConsentAnswer,
    ConsentAsk,
    ConsentMode,
    CustomerLink,
    CustomerMail,
    LinkTry,
    Mode,
    ProductProblem,
)
from grants.models.fact import CaseFact
from grants.models.finding import FindingEvent, FindingWord, MatchPlace, PeriodReview, UseFinding
from grants.models.flag import FlagEvent, FlagPlace, FlagWord, UnusualFlag
from grants.models.glass import BreakGlass
from grants.models.grant import Grant, GrantScope
from grants.models.note import CaseNote, HookCall
from grants.models.outbox import Delivery, Notice, Outbox
from grants.models.request import AccessRequest, RequestMessage, RequestScope
from grants.models.review import GrantReview

__all__ = [
    "AccessRequest",
    "Approval",
    "ApprovalScope",
    "BreakGlass",
    "Campaign",
    "CampaignItem",
    "Case",
    "CaseFact",
    "CaseNote",
    "Channel",
    "Closeout",
    "ConsentAnswer",
    "ConsentAsk",
    "ConsentMode",
    "CustomerLink",
    "CustomerMail",
    "Delivery",
    "FindingEvent",
    "FindingWord",
    "FlagEvent",
    "FlagPlace",
    "FlagWord",
    "Grant",
    "GrantReview",
    "GrantScope",
    "HookCall",
    "LinkTry",
    "MatchPlace",
    "Mode",
    "Notice",
    "Outbox",
    "PeriodReview",
    "ProductProblem",
    "RequestMessage",
    "RequestScope",
    "UnusualFlag",
    "UseFinding",
]
