"""Access reviews: every standing role and right looked at by somebody who does not hold it, in time, with a signed result (NIST AC-2 j)."""
