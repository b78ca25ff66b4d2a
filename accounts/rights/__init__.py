"""Standing rights: who holds which right on which tenant or region, who answers for it, why, until when (NIST AC-2, AC-6)."""
