"""Acts that ask for a fresh second factor (NIST IA-11): one list of words, one question, asked by doors and by verbs."""

from collections.abc import Callable

from opsconsole.lib.errors import Refused

ACTS = {
    "decide": "deciding a request of high consequence",
    "start_session": "starting a support session",
    "break_glass": "access in an emergency",
    "policy": "changing the policy",
    "evidence_export": "taking evidence out of the console",
    "legal_hold": "placing and lifting legal holds",
    "people": "changing people and their rights",
}
"""What the policy may list in `[step_up] for`, in words."""

FACTORS = "factors"
"""Changing one's own second factors: asked for whatever the list says."""

guards: list[Callable[..., None]] = []
"""Each raises `StepUpNeeded` where it must: `guard(person=…, act=…)`; filled in `AppConfig.ready()`."""


class StepUpNeeded(Refused):
    """The act waits for a second factor. A page asks for it and goes on; a program is refused."""

    code = "step_up_needed"


def guard_step_up(person: object, act: str) -> None:
    """Ask that a person has shown a second factor lately, where the policy in force wants that for `act`.

    A verb calls it under its lock, so that no other entry passes round the page. Raises `StepUpNeeded`.
    """
    for guard in guards:
        guard(person=person, act=act)
