"""Bodies as plain bytes of an ASCII-compatible charset, whatever they were packed in."""

import codecs
import importlib
import zlib
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

from django.http.response import HttpResponseBase

Feed = Callable[[bytes, bool], bytes]
"""Takes the next bytes and whether they are the last ones; returns what can be told by now."""


class Unreadable(Exception):
    """The body is packed in a way that nobody here can open."""


def _first_of(*names: str) -> ModuleType | None:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


BROTLI: Any = _first_of("brotli", "brotlicffi")
ACCEPTED = "gzip, deflate, br" if BROTLI else "gzip, deflate"


def readable(accepted: str) -> str:
    """The browser's `Accept-Encoding` without what could not be opened here."""
    known = {name.strip() for name in ACCEPTED.split(",")} | {"identity"}
    wanted = [part.strip() for part in accepted.split(",")]
    return ", ".join(part for part in wanted if part.split(";")[0].strip().lower() in known) or "identity"


def opener(response: HttpResponseBase, start: bytes) -> Feed | None:
    """What turns the body into plain bytes, or None where it is plain already.

    `start` is the packed body or its first bytes. Raises Unreadable. A page in UTF-16 and the like becomes UTF-8.
    """
    steps = [_unpack(name) for name in _encodings(response)]
    if not steps and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = _charset(response)
        return _to_utf8(charset) if charset and not is_like_ascii(charset) else None
    if not steps:
        return _to_utf8("utf-16")
    charset = _charset(response)
    if charset and not is_like_ascii(charset):
        steps.append(_to_utf8(charset))
    return steps[0] if len(steps) == 1 else _chain(steps)


def mark_opened(response: HttpResponseBase, start: bytes) -> None:
    """Let the headers say what the body is now."""
    charset = _charset(response)
    odd = bool(charset) and not is_like_ascii(charset)
    if odd or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        response["Content-Type"] = response["Content-Type"].split(";")[0] + "; charset=utf-8"
        response._charset = "utf-8"  # type: ignore[attr-defined]  # noqa: SLF001
    if "Content-Encoding" in response.headers:
        del response["Content-Encoding"]


@lru_cache(maxsize=64)
def is_like_ascii(charset: str) -> bool:
    """True where ASCII markup has its own bytes in this charset; also for one that nobody knows."""
    try:
        return "<body>".encode(charset) == b"<body>" and b"<body>".decode(charset) == "<body>"
    except (LookupError, UnicodeError):
        return charset.lower().replace("_", "-")[:6] not in {"utf-16", "utf-32"}


def _encodings(response: HttpResponseBase) -> list[str]:
    """The encodings in the order in which they are taken off."""
    if "Content-Encoding" not in response.headers:
        return []
    named = [name.strip().lower() for name in response.headers["Content-Encoding"].split(",")]
    return [name for name in reversed(named) if name and name != "identity"]


def _charset(response: HttpResponseBase) -> str:
    charset = getattr(response, "_charset", None)
    if charset:
        return str(charset)
    kind = response.headers.get("Content-Type", "")
    return kind.partition("charset=")[2].split(";")[0].strip(" \"'")


def _unpack(name: str) -> Feed:
    if name in {"gzip", "x-gzip", "deflate"}:
        return _inflate(name)
    if name == "br" and BROTLI:
        return _brotli()
    raise Unreadable(name)


def _inflate(name: str) -> Feed:
    state = zlib.decompressobj(zlib.MAX_WBITS | (16 if "gzip" in name else 0))

    def feed(chunk: bytes, last: bool) -> bytes:
        nonlocal state
        try:
            out = state.decompress(chunk)
            while state.eof and state.unused_data.startswith(
                b"\x1f\x8b"
            ):  # several members in a row are one body
                rest, state = state.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 16)
                out += state.decompress(rest)
            return out + (state.flush() if last else b"")
        except zlib.error as error:
            raise Unreadable(name) from error

    return feed


def _brotli() -> Feed:
    state = BROTLI.Decompressor()

    def feed(chunk: bytes, _last: bool) -> bytes:
        try:
            return bytes(state.process(chunk)) if chunk else b""
        except BROTLI.error as error:
            raise Unreadable("br") from error

    return feed


def _to_utf8(charset: str) -> Feed:
    """Bytes that do not decode become U+FFFD, which is what a browser shows for them."""
    state = codecs.getincrementaldecoder(charset)("replace")
    return lambda chunk, last: state.decode(chunk, last).encode("utf-8", "replace")


def _chain(steps: list[Feed]) -> Feed:
    def feed(chunk: bytes, last: bool) -> bytes:
        for step in steps:
            chunk = step(chunk, last)
        return chunk

    return feed
