from impersonation.models.session import SessionTrace, SupportSession

__all__ = ["SessionTrace", "SupportSession"]
