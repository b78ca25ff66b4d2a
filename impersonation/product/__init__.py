"""Support sessions in the product: the console's agents see it as a customer user does, and nobody takes them for one.

This package imports nothing of the console. Installed as a distribution of its own it is called `support_session`.
"""
