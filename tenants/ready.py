"""What `/readyz` tells about the sources of panels. One that fails takes nothing else down (design.md, section 6)."""

from collections.abc import Callable, Mapping
from functools import partial

from tenants.language.shapes import Source
from tenants.queries import language_in_force
from tenants.sources.opening import open_source


def source_checks() -> Mapping[str, Callable[[], None]]:
    """Return each source of the policy in force by its name, with a function that raises `SourceError` where it cannot be asked."""
    return {
        f"source {name}": partial(_answers, source) for name, source in language_in_force().sources.items()
    }


def _answers(source: Source) -> None:
    open_source(source).check_answers()
