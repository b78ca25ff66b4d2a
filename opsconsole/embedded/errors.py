"""What an embedded engine says when it cannot start."""


class EngineError(Exception):
    """One plain sentence for the person at the terminal."""
