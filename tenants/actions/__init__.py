"""The verbs on tenants, the only writers and the only callers of `audit.record` in this app."""

from tenants.actions.directory import find_tenant_for, refresh_directory
from tenants.actions.looking import PanelNotOpen, open_panel, open_tenant
from tenants.actions.revealing import Revealed, RevealNotOpen, RowHasChanged, reveal_field

__all__ = [
    "PanelNotOpen",
    "RevealNotOpen",
    "Revealed",
    "RowHasChanged",
    "find_tenant_for",
    "open_panel",
    "open_tenant",
    "refresh_directory",
    "reveal_field",
]
