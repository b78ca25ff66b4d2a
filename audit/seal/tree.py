"""RFC 6962 Merkle trees: heads, inclusion and consistency proofs, and their checks. Pure; knows no database."""

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]
"""Hash of the full subtree of 2**height leaves with a number: `node(height, number)`."""

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two joined subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def full_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root of 2**n hashes."""
    level = list(hashes)
    while len(level) > 1:  # node_hash, written out: most of the time of a large tree is spent here
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return level[0]


def parts(start: int, end: int) -> list[tuple[int, int]]:
    """Return the full subtrees (height, number) that make up the leaves from start to end, left to right."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        found.append((height, start >> height))
        start += 1 << height
    return found


def range_root(start: int, end: int, node: Node) -> bytes:
    """Return the RFC 6962 hash of the leaves from start to end, where start is a multiple of the largest power of two below their count."""
    hashes = [node(height, number) for height, number in parts(start, end)]
    if not hashes:
        return EMPTY
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the path of one leaf in the tree of a size, lowest sibling first. Raises `ValueError` for a leaf outside of it."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in a tree of this size")
    siblings, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return [range_root(*sibling, node) for sibling in reversed(siblings)]


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of the first size is the beginning of the tree of the second (RFC 6962, section 2.1.2)."""
    if not 0 <= first <= second:
        raise ValueError("the first tree is larger than the second")
    if first in (0, second):
        return []
    siblings, start, end, whole = [], 0, second, True
    while end - start > 1 and first != end:
        middle = start + _split(end - start)
        if first <= middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start, whole = middle, False
    if not whole:
        siblings.append((start, end))
    return [range_root(*sibling, node) for sibling in reversed(siblings)]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf hash and its path lead to (RFC 9162, section 2.1.3.2), or None for a path of the wrong length."""
    if not 0 <= index < size:
        return None
    position, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether a proof shows that the second head only adds to the first (RFC 9162, section 2.1.4.2)."""
    if first == second:
        return first_root == second_root and not path
    if first == 0:
        return first_root == EMPTY and not path
    if first > second or not path:
        return False
    hashes = list(path) if first & (first - 1) else [first_root, *path]
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


class Frontier:
    """The right edge of a growing tree: one hash for each full subtree, so that a head costs no reading."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)

    @classmethod
    def of(cls, size: int, node: Node) -> "Frontier":
        """Return the right edge of a tree of a size."""
        return cls(size, [node(height, number) for height, number in parts(0, size)])

    def add(self, leaf: bytes, height: int = 0) -> None:
        """Add one leaf hash at the right, or a full subtree of 2**height leaves. Raises `ValueError` where it does not fit."""
        if self.size % (1 << height):
            raise ValueError("a full subtree does not begin here")
        size, self.size = self.size >> height, self.size + (1 << height)
        while size & 1:
            leaf = node_hash(self._hashes.pop(), leaf)
            size >>= 1
        self._hashes.append(leaf)

    def root(self) -> bytes:
        """Return the head of the tree as it stands."""
        if not self._hashes:
            return EMPTY
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = node_hash(left, root)
        return root
