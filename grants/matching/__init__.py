"""At every seal what was approved is held against what was done under it; what does not fit waits for a reviewer (NIST AU-6)."""
