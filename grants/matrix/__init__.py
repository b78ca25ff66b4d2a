"""The written policy, made from the bundle in force: the matrix of roles, scopes and hidden fields, and the rule on one page."""
