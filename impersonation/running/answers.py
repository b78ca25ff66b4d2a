"""What the product answers to an action, read strictly: a text is cut, a form nobody knows is no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from impersonation.oauth.texts import plain
from opsconsole.lib.detectors import scrub

OUTCOMES = ("ok", "refused", "failed")
LONGEST = 300  # characters
MOST = 20  # values


@dataclass(frozen=True)
class Change:
    """One value that an action changes or would change; `name` for the log, `label` for people."""

    name: str
    label: str
    old: str
    new: str

    def said(self, sentence: str) -> str:
        """Return the policy's sentence about this change; an empty value is said as "nothing"."""
        old, new = (scrub(value) or "nothing" for value in (self.old, self.new))
        return sentence.format(label=self.label, old=old, new=new)


@dataclass(frozen=True)
class Answer:
    """One answer: the outcome, what stands there now by label, and the changes."""

    outcome: str
    sentence: str = ""
    current: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def read_answer(status: int, body: Any) -> Answer | None:
    """Return the answer, None for anything that is none."""
    outcome = body.get("outcome") if isinstance(body, dict) else None
    if status != 200 or not isinstance(outcome, str) or outcome not in OUTCOMES:
        return None
    current = body.get("current")
    changes = body.get("changes")
    return Answer(
        outcome=outcome,
        sentence=scrub(_text(body.get("sentence"))),
        current={_text(k): scrub(_text(v)) for k, v in list(current.items())[:MOST]}
        if isinstance(current, dict)
        else {},
        changes=tuple(_change(each) for each in changes[:MOST] if isinstance(each, dict))
        if isinstance(changes, list)
        else (),
    )


def _change(each: Mapping[str, Any]) -> Change:
    name = _text(each.get("name"))
    return Change(name, _text(each.get("label")) or name, _text(each.get("old")), _text(each.get("new")))


def _text(value: Any) -> str:
    return "" if value is None else plain(value, LONGEST)
