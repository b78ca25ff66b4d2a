"""The customer's part in staff access to their account: how they are asked, what they answer, and what they can read afterwards."""
