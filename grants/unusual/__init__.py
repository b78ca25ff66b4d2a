"""Unusual use: rules of the policy over the sealed log, what they flag, and the word that closes it (NIST AU-6, AC-2(12))."""
