"""The sealed log: a Merkle tree over the events (RFC 6962, RFC 9162) with signed heads (C2SP tlog-checkpoint). Reads only."""
