import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actions import seal_all, verify_log
from audit.refs import Actor
from audit.registry import all_types
from audit.retention.verifying import verify_archive
from audit.seal.keys import log_name
from audit.seal.note import BadNote, Signer
from audit.seal.proofs import sealed_lines
from audit.streams.actions import replay_stream, send_streams
from audit.streams.queries import standings
from opsconsole.lib.errors import ConsoleError

OPERATOR = Actor("system", "operator", "Somebody at the command line")


class Command(BaseCommand):
    """`seal` puts everything that is due under the seal, `verify` recomputes the whole log from its rows, and checks each
    `--archive FILE` against it, `leaves` prints the entries
    of the present log for docs/verify_log.py, `key` makes a new signing key, `types` lists what is recorded,
    `stream` hands out what the streams of the log wait for, after `--replay STREAM --from ENTRY` that stream once more from there."""

    help = "Seal the log, verify it, stream it, print its entries or its event types, or make a signing key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["seal", "verify", "leaves", "key", "types", "stream"])
        parser.add_argument(
            "--archive",
            type=Path,
            action="append",
            default=[],
            help="a file of an archived month, to verify too",
        )
        parser.add_argument("--replay", default="", metavar="STREAM", help="with stream: set this one back")
        parser.add_argument("--from", dest="entry", type=int, default=0, help="with --replay: the entry (0)")
        parser.add_argument("--log", type=int, help="with --replay: the number of the log, else the present")

    def handle(self, *_: Any, what: str, archive: list[Path], **options: Any) -> None:
        verbs = {"seal": self._seal, "leaves": self._leaves, "key": self._key}
        verbs["verify"] = lambda: self._verify(archive)
        verbs |= {"types": self._types, "stream": lambda: self._stream(**options)}
        try:
            verbs[what]()
        except (ConsoleError, BadNote, OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _seal(self) -> None:
        sealed = seal_all()
        self.stdout.write(
            f"{sealed.count} events sealed; the log has {sealed.head.size} entries.\n\n{sealed.head.note}"
        )

    def _verify(self, archives: list[Path]) -> None:
        for path in archives:
            self.stdout.write(verify_archive(path))
        verdict = verify_log()
        if verdict.difference:
            raise CommandError(verdict.difference)
        self.stdout.write(str(verdict))

    def _leaves(self) -> None:
        for line in sealed_lines():
            self.stdout.write(line)

    def _key(self) -> None:
        signer = Signer(log_name(), secrets.token_bytes(32))
        self.stdout.write(
            f"# For the file of OPSCONSOLE_SEAL_KEY_FILE. For those who verify: {signer.verifier}"
        )
        self.stdout.write(signer.secret_text())

    def _stream(self, *, replay: str, entry: int, log: int | None, **_: Any) -> None:
        if replay:
            replay_stream(actor=OPERATOR, name=replay, position=entry, log_number=log)
        self.stdout.write(f"{send_streams()} entries handed out.")
        for stand in standings():
            state = "off" if not stand.stream.is_on else stand.row.error or "well"
            self.stdout.write(
                f"{stand.stream.name}: entry {stand.row.position} of log {stand.row.log} comes next,"
                f" {stand.waiting} wait, {stand.behind_seconds:.0f} seconds behind; {state}"
            )

    def _types(self) -> None:
        for kind in all_types():
            self.stdout.write(f"{kind.name} v{kind.version}: {kind.sentence}")
            self.stdout.write(
                f"    {kind.category}; retention {kind.retention}; sensitivity {kind.sensitivity}"
            )
