"""How long the log keeps what: values are erased, months archived, and legal holds stop both (NIST AU-11, SI-12)."""
