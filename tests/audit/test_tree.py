"""RFC 6962: the published roots, and every proof of every tree up to 130 leaves."""

import hashlib

import pytest

from audit.seal import tree

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 130
HASHES = [tree.leaf_hash(str(number).encode()) for number in range(LARGEST)]


def node(height, number):
    return tree.full_root(HASHES[number << height : (number + 1) << height])


def naive_root(leaves):
    """The definition of the RFC, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return tree.node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


ALL_ROOTS = [naive_root(HASHES[:size]) for size in range(LARGEST + 1)]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size):
    frontier = tree.Frontier()
    for leaf in LEAVES[:size]:
        frontier.add(tree.leaf_hash(leaf))
    assert frontier.root().hex() == ROOTS[size]


def test_roots_by_definition_by_frontier_and_by_ranges_are_the_same():
    frontier = tree.Frontier()
    for size in range(LARGEST + 1):
        assert frontier.root() == ALL_ROOTS[size] == tree.range_root(0, size, node)
        assert tree.Frontier.of(size, node).root() == ALL_ROOTS[size]
        if size < LARGEST:
            frontier.add(HASHES[size])


def test_every_inclusion_proof_up_to_130_leads_to_the_root_and_to_no_other():
    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = tree.inclusion_proof(index, size, node)
            assert tree.root_from_inclusion(HASHES[index], index, size, path) == ALL_ROOTS[size]
            assert (
                tree.root_from_inclusion(HASHES[index - 1], index, size, path) != ALL_ROOTS[size] or size == 1
            )
            assert tree.root_from_inclusion(HASHES[index], index, size, [*path, HASHES[0]]) is None
            if path:
                assert tree.root_from_inclusion(HASHES[index], index, size, path[:-1]) != ALL_ROOTS[size]


def test_every_consistency_proof_up_to_130_holds_and_no_changed_one():
    for second in range(1, LARGEST + 1):
        for first in range(second + 1):
            path = tree.consistency_proof(first, second, node)
            heads = (first, ALL_ROOTS[first], second, ALL_ROOTS[second])
            assert tree.is_consistent(*heads, path)
            assert not tree.is_consistent(*heads, [*path, HASHES[0]])
            assert not tree.is_consistent(first, HASHES[5], second, ALL_ROOTS[second], path)
            if path:
                assert not tree.is_consistent(*heads, path[:-1])
                assert not tree.is_consistent(*heads, [HASHES[7], *path[1:]])


def test_a_proof_outside_of_the_tree_is_refused():
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion_proof(5, 5, node)
    with pytest.raises(ValueError, match="larger"):
        tree.consistency_proof(6, 5, node)
    assert tree.root_from_inclusion(HASHES[0], 3, 2, []) is None
    assert not tree.is_consistent(6, ALL_ROOTS[6], 5, ALL_ROOTS[5], [])
