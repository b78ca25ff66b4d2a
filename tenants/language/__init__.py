"""The panel language: what a policy bundle says about tenants, read from TOML with every mistake told at once."""
