"""How often one message is tried."""

MOST_ATTEMPTS = 12  # about five hours in all; what is given up then waits for a person
