"""Quillfold on the web: a small product of its own, with its own settings, host name, database role, secret and people."""
