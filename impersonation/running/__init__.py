"""Approved corrective actions: narrow, previewed, run once through the product's own endpoint."""
