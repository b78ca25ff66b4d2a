"""Evidence packs: what the log says about one thing, with its proofs, as one file for people who do not use the console."""
