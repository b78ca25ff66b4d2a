"""Somebody leaves or changes roles: everything that they could do ends, in one transaction (NIST AC-2(3), PS-4, PS-5)."""
