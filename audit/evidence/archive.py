"""A signed file: one zip whose entries are all named, with their digests, in a manifest signed as a C2SP note."""

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any

from audit.seal.keys import signers
from audit.seal.leaf import canonical
from audit.seal.note import sign

MANIFEST = "manifest.note"
FIRST_LINE = "opsconsole evidence pack v1"
"""What the manifest of a pack begins with. No checkpoint does, so that no signature under a manifest can be taken for one under a head."""

PIECE = 1_000_000  # bytes read at once


@dataclass
class Archive:
    """A zip that is being written. `add` puts an entry in, `close` signs what was put in."""

    file: IO[bytes]
    first_line: str = FIRST_LINE
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, data: bytes | str) -> None:
        """Put one entry in. Raises `ValueError` for a name that is there."""
        self.pour(name, [data.encode() if isinstance(data, str) else data])

    def pour(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put one entry in, piece by piece. Raises `ValueError` for a name that is there."""
        if name in self.listed or name == MANIFEST:
            raise ValueError(f"{name} stands in the file already")
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                size += len(piece)
        self.listed[name] = {"sha256": digest.hexdigest(), "size": size}

    def close(self, told: dict[str, Any]) -> tuple[str, int]:
        """Add the signed manifest, which tells `told` and lists every other entry; return the file's SHA-256 (hex) and its size in bytes.

        The manifest is the RFC 8785 form of one JSON object on the second line of a note, signed with the keys of the log.
        """
        manifest = canonical({**told, "v": 1, "files": self.listed}).decode()
        self._zip.writestr(MANIFEST, sign(f"{self.first_line}\n{manifest}\n", signers()))
        self._zip.close()
        size = self.file.tell()
        self.file.seek(0)
        digest = hashlib.sha256()
        while piece := self.file.read(PIECE):
            digest.update(piece)
        self.file.seek(0)
        return digest.hexdigest(), size
