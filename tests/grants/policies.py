"""Another policy in force in the middle of a test: the demo's, with lines replaced."""

from typing import Any

from audit.actions import install_first_policy
from audit.refs import Actor
from opsconsole.lib.bundle import Bundle, check


def put_in_force(monkeypatch: Any, *changes: tuple[str, str, str]) -> str:
    """Put the policy in force with changes (file, old text, new text) and return its version; a file whose old text is empty is new."""
    bundle = changed(*changes)
    monkeypatch.delenv("PRODUCT_DATABASE_URL")  # the check would read the product for every query
    assert check(bundle) == []
    version = install_first_policy(
        proposer=Actor("system", "one", "One"), activator=Actor("system", "two", "Two"), bundle=bundle
    ).version
    monkeypatch.undo()
    return version


def changed(*changes: tuple[str, str, str]) -> Bundle:
    """Return the files in force with changes."""
    from audit.models import PolicyVersion

    files = dict(PolicyVersion.objects.get(state="active").files)
    for path, old, new in changes:
        text = files.get(path, "")
        assert old in text, f"{path} has no {old!r}"
        files[path] = text.replace(old, new) if old else text + new
    return Bundle(files)
