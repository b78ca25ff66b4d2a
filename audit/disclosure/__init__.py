"""Values kept apart from the log: shown with proof, or erased for good while every proof stays as it is."""
