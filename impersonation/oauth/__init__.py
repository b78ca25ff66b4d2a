"""The console's end of the hand-off to the product: a code flow that the product starts, and what follows while a session lives."""
