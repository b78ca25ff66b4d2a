"""Signed notes and checkpoints in the forms of C2SP (signed-note, tlog-checkpoint), Ed25519."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
DASH = "\u2014 "
SECRET_START = "PRIVATE+KEY+"  # noqa: S105 - the public name of the format


class BadNote(ValueError):
    """The text is no note, key or checkpoint of these forms."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its name. As text `name+hash+key`."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes that name the key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_to64(ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read the text form. Raises `BadNote`."""
        name, _, rest = text.strip().partition("+")
        shown, _, key = rest.partition("+")
        data = _from64(key)
        made = cls(name, data[1:])
        if not name or data[:1] != ED25519 or len(data) != 33 or made.id.hex() != shown:
            raise BadNote("this is no public key of a log")
        return made

    def accepts(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature over a note's text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A secret key with its name. As text `PRIVATE+KEY+name+hash+key`, which must never reach the database."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def secret_text(self) -> str:
        """Return the text form for a key file."""
        return f"{SECRET_START}{self.name}+{self.verifier.id.hex()}+{_to64(ED25519 + self.seed)}"

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Read the text form. Raises `BadNote`."""
        name, _, rest = text.strip().removeprefix(SECRET_START).partition("+")
        data = _from64(rest.partition("+")[2])
        if not text.startswith(SECRET_START) or not name or data[:1] != ED25519 or len(data) != 33:
            raise BadNote("this is no secret key of a log")
        made = cls(name, data[1:])
        if made.secret_text() != text.strip():
            raise BadNote("the secret key does not fit its hash")
        return made

    def line(self, text: str) -> str:
        """Return the signature line for a note's text."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{DASH}{self.name} {_to64(self.verifier.id + signature)}\n"


def sign(text: str, signers: Iterable[Signer]) -> str:
    """Return a signed note: the text, an empty line, one line for each signer."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def verified_by(note: str, keys: Sequence[Verifier]) -> list[Verifier]:
    """Return the known keys that signed a note. Lines of unknown keys are passed over. Raises `BadNote` for a wrong signature."""
    text, lines = split(note)
    found = []
    for line in lines:
        name, _, coded = line.removeprefix(DASH).partition(" ")
        data = _from64(coded)
        for key in keys:
            if key.name == name and key.id == data[:4]:
                if not key.accepts(text, data[4:]):
                    raise BadNote(f"the signature of {name} is wrong")
                found.append(key)
    return found


def split(note: str) -> tuple[str, list[str]]:
    """Return a note's text and its signature lines. Raises `BadNote`."""
    text, empty, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines()
    if not empty or not lines or not all(line.startswith(DASH) for line in lines):
        raise BadNote("this is no signed note")
    return text + "\n", lines


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log at one size."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_to64(self.root)}\n"

    @classmethod
    def parse(cls, note: str) -> "Checkpoint":
        """Read the head out of a signed note; checks no signature. Raises `BadNote`."""
        lines = split(note)[0].split("\n")
        if len(lines) < 4 or not lines[0] or not lines[1].isdecimal() or not lines[1].isascii():
            raise BadNote("this is no checkpoint")
        root = _from64(lines[2])
        if len(root) != 32 or str(int(lines[1])) != lines[1]:
            raise BadNote("this is no checkpoint")
        return cls(lines[0], int(lines[1]), root)


def proof_text(index: int, path: Sequence[bytes], note: str, extra: bytes = b"") -> str:
    """Return a proof of one entry as a `.tlog-proof` file (C2SP tlog-proof)."""
    hashes = "".join(f"{_to64(item)}\n" for item in path)
    more = f"extra {_to64(extra)}\n" if extra else ""
    return f"c2sp.org/tlog-proof@v1\n{more}index {index}\n{hashes}\n{note}"


def _to64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("this is no base64") from None
