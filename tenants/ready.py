"""What `/readyz` tells about the sources of panels. One that fails takes nothing else down (design.md, section 6)."""

from collections.abc import Callable, Mapping

from tenants.queries import language_in_force
from tenants.sources.opening import open_source


def source_checks() -> Mapping[str, Callable[[], None]]:
    """Return each source of the policy in force by its name, with a function that raises `SourceError` where it cannot be asked."""
    return {
        f"source {name}": lambda source=source: open_source(source).check_answers()
        for name, source in language_in_force().sources.items()
    }
