"""What somebody can do right now and through what: told by the code that decides, never by a second one (NIST AC-3, AC-6(7))."""
