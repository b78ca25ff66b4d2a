"""One pass of all sweeps, as the app's role and on real commits."""

from tests.conftest import run


def test_every_sweep_runs_as_the_apps_role_and_says_what_it_did(committed):
    told = run("manage.py", "sweep", database=committed)
    assert [line.split(":")[0] for line in told.splitlines()] != []
    assert all(": " in line for line in told.splitlines())
