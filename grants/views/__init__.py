"""Pages of cases, requests and grants: parse, door, one verb, redirect."""
