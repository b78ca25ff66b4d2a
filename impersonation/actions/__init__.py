"""The verbs on support sessions, one function each; the only writers of this app."""

from impersonation.actions.ending import (
    end_all,
    end_beyond_roles,
    end_if_over,
    end_session,
    end_sessions_of,
    follow_grants,
    may_end,
)
from impersonation.actions.listing import offer_subjects, subject_is_fit
from impersonation.actions.questioning import question_session
from impersonation.actions.starting import start_session
from impersonation.actions.sweeping import end_of_subjects, end_what_is_over
from impersonation.actions.tracing import note_answer, note_story_read, note_use

__all__ = [
    "end_all",
    "end_beyond_roles",
    "end_if_over",
    "end_of_subjects",
    "end_session",
    "end_sessions_of",
    "end_what_is_over",
    "follow_grants",
    "may_end",
    "note_answer",
    "note_story_read",
    "note_use",
    "offer_subjects",
    "question_session",
    "start_session",
    "subject_is_fit",
]
