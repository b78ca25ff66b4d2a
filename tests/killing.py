"""Death between two statements: what was begun is left as a kill would leave it."""

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def killing(after: int) -> Callable[..., Any]:
    """Return an execute wrapper under which the first `after` statements run and the next one kills."""
    done = 0

    def wrapper(execute: Any, sql: str, params: Any, more: bool, context: Any) -> Any:
        nonlocal done
        done += 1
        if done > after:
            raise Killed
        return execute(sql, params, more, context)

    return wrapper
