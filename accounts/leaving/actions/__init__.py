"""The verbs of leaving, the only writers of this part."""

from accounts.leaving.actions.leaving import (
    Leaving,
    OffBoardedAlready,
    end_beyond_roles,
    end_everything,
    off_board,
)

__all__ = ["Leaving", "OffBoardedAlready", "end_beyond_roles", "end_everything", "off_board"]
