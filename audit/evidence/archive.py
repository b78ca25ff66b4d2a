"""The file of a pack: one zip whose entries are all named, with their digests, in a manifest signed as a C2SP note."""

import hashlib
import zipfile
from dataclasses import dataclass, field
from typing import IO, Any

from audit.seal.keys import signers
from audit.seal.leaf import canonical
from audit.seal.note import sign

MANIFEST = "manifest.note"
FIRST_LINE = "opsconsole evidence pack v1"
"""No checkpoint begins with it, so that no signature under a manifest can be taken for one under a head."""

PIECE = 1_000_000  # bytes read at once


@dataclass
class Archive:
    """A zip that is being written. `add` puts an entry in, `close` signs what was put in."""

    file: IO[bytes]
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, data: bytes | str) -> None:
        """Put one entry in. Raises `ValueError` for a name that is there."""
        if name in self.listed or name == MANIFEST:
            raise ValueError(f"{name} stands in the pack already")
        data = data.encode() if isinstance(data, str) else data
        self.listed[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        self._zip.writestr(name, data)

    def close(self, told: dict[str, Any]) -> tuple[str, int]:
        """Add the signed manifest, which tells `told` and lists every other entry; return the file's SHA-256 (hex) and its size in bytes.

        The manifest is the RFC 8785 form of one JSON object on the second line of a note, signed with the keys of the log.
        """
        manifest = canonical({**told, "v": 1, "files": self.listed}).decode()
        self._zip.writestr(MANIFEST, sign(f"{FIRST_LINE}\n{manifest}\n", signers()))
        self._zip.close()
        size = self.file.tell()
        self.file.seek(0)
        digest = hashlib.sha256()
        while piece := self.file.read(PIECE):
            digest.update(piece)
        self.file.seek(0)
        return digest.hexdigest(), size
