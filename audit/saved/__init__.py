"""Searches of the log that a reviewer keeps under a name, for themselves or for all reviewers."""
