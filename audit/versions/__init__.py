"""Pages of the stored policy versions: the list, one version with its files, and what it changes."""
