"""Who else holds the heads of the log. A rewrite of history would need everybody's copy.

`OPSCONSOLE_WITNESSES` lists targets, with commas: `folder:/path`, `https://…` (a POST of the note as text), `mailto:somebody@…`.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
from django.conf import settings
from django.core.mail import send_mail

from audit.seal.note import BadNote, Checkpoint
from opsconsole.lib.deadline import within

ANSWER_SECONDS = 5.0  # without a word
CALL_SECONDS = 20.0  # in all


class Witness(Protocol):
    """One target. Errors of `give` are any of `WITNESS_ERRORS`."""

    @property
    def target(self) -> str:
        """Return the target as the settings name it."""

    def give(self, checkpoint: Checkpoint, note: str) -> None:
        """Hand over one signed head."""


WITNESS_ERRORS = (OSError, httpx.HTTPError, BadNote)


@dataclass(frozen=True)
class Folder:
    """A folder, best on a disk that the console's administrators cannot write. It keeps every head, and can be read back."""

    target: str

    @property
    def path(self) -> Path:
        return Path(self.target.removeprefix("folder:"))

    def give(self, checkpoint: Checkpoint, note: str) -> None:
        """Keep the head under its log and size; what is there already stays as it is."""
        folder = self.path / checkpoint.origin.replace("/", "_")
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{checkpoint.size:012}.checkpoint"
        if not file.exists():
            part = file.with_suffix(".part")
            with part.open("w", encoding="utf-8") as out:
                out.write(note)
                out.flush()
                os.fsync(out.fileno())
            part.rename(file)

    def latest(self, origin: str) -> Checkpoint | None:
        """Return the largest head of one log in the folder. Raises `BadNote` for a file that is none."""
        files = sorted((self.path / origin.replace("/", "_")).glob("*.checkpoint"))
        return Checkpoint.parse(files[-1].read_text(encoding="utf-8")) if files else None

    def kept(self) -> Iterator[tuple[Checkpoint, str]]:
        """Yield every head in the folder, smallest first within a log. Raises `BadNote` for a file that is none."""
        for file in sorted(self.path.glob("*/*.checkpoint")):
            note = file.read_text(encoding="utf-8")
            yield Checkpoint.parse(note), note


@dataclass(frozen=True)
class Webhook:
    """An address that takes the note as the body of a POST and answers with a status below 300."""

    target: str

    def give(self, checkpoint: Checkpoint, note: str) -> None:
        """Post the head."""
        headers = {"content-type": "text/plain; charset=utf-8"}
        with (
            within(CALL_SECONDS) as trace,
            httpx.Client(timeout=ANSWER_SECONDS) as client,
            client.stream(
                "POST", self.target, content=note.encode(), headers=headers, extensions={"trace": trace}
            ) as answer,
        ):
            if answer.status_code >= 300:
                raise BadNote(f"it answered {answer.status_code}")


@dataclass(frozen=True)
class Mail:
    """A mailbox. Sent once an hour at most, or people stop reading."""

    target: str

    def give(self, checkpoint: Checkpoint, note: str) -> None:
        """Send the head."""
        address = self.target.removeprefix("mailto:")
        subject = f"Head of the log {checkpoint.origin} at {checkpoint.size} entries"
        send_mail(subject, f"Please keep this mail.\n\n{note}", settings.DEFAULT_FROM_EMAIL, [address])


def witnesses() -> list[Witness]:
    """Return the witnesses of the settings. Raises `ValueError` for a target of no known kind."""
    return [_witness(target.strip()) for target in settings.WITNESSES if target.strip()]


def folders() -> list[Folder]:
    """Return those witnesses that can be read back."""
    return [witness for witness in witnesses() if isinstance(witness, Folder)]


def _witness(target: str) -> Witness:
    kinds: dict[str, type[Folder | Webhook | Mail]] = {
        "folder:": Folder,
        "https://": Webhook,
        "http://127.0.0.1": Webhook,
        "mailto:": Mail,
    }
    for start, kind in kinds.items():
        if target.startswith(start):
            return kind(target)
    raise ValueError(f"{target} is no witness: write folder:/path, https://… or mailto:…")
