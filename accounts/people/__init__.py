"""The pages on people: who is here, what one of them can do and why, their rights and roles, and how they leave."""
