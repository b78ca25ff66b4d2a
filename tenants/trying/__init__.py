"""Trying a panel before it is enabled: the map of all questions, a preview as a role, five real tickets."""
