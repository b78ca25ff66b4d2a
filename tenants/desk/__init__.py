"""What the desk makes of the panels: answers to "did this answer it?", facts for the ticket, the portfolio and its notes."""
