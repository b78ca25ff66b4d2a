"""Whoever may do anything to the database cannot change history unnoticed: each attack is named by the verification."""

import pytest

from audit.actions import seal_all
from audit.seal import store
from audit.seal.keys import signers
from audit.seal.leaf import SELECT, leaf_of
from audit.seal.note import Checkpoint, sign
from audit.seal.tree import Frontier, full_root, leaf_hash
from audit.seal.verifying import verify
from tests.audit.sealed import attack
from tests.audit.writing import many, write


@pytest.fixture
def sealed(committed, as_owner, settings, tmp_path):
    """A log of several hundred sealed events, three heads and a witness that has them."""
    settings.WITNESSES = [f"folder:{tmp_path}"]
    for part in range(3):
        as_owner(many(120, ticket=f"T-{part}"))
        write(f"planted {part}")
        seal_all()
    assert verify().difference == ""
    return committed


def planted(part=1):
    return f"sentence LIKE '%planted {part}'"


def event_id(part=1):
    return str(store.rows_of(f"SELECT id FROM audit_event WHERE {planted(part).replace('%', '%%')}")[0][0])


CHANGES = {
    "sentence": "'nothing happened'",
    "actor_id": "'somebody-else'",
    "actor_label": "'Somebody else'",
    "at": "at - interval '1 hour'",
    "seq": "seq + 100000",
    "xid": "'3'",
    "outcome": "'refused'",
    "fields": """'{"a": 1}'""",
    "changes": """'[{"field": "x"}]'""",
    "commitments": """'{"x": "y"}'""",
    "grant_id": "gen_random_uuid()",
    "db_user": "'opsconsole_app2'",
    "seeded": "NOT seeded",
}


@pytest.mark.parametrize("column", CHANGES)
def test_an_edited_column_is_found(sealed, column):
    key = event_id()
    attack(sealed, f"UPDATE audit_event SET {column} = {CHANGES[column]} WHERE {planted()}")
    found = verify().difference
    assert key in found
    assert "was changed after it was sealed" in found or "no longer in the table" in found


def test_a_deleted_event_is_found(sealed):
    key = event_id()
    attack(sealed, f"DELETE FROM audit_event WHERE {planted()}")
    assert verify().difference.startswith(f"Event {key}, entry ")
    assert "no longer in the table" in verify().difference


def test_an_event_deleted_and_put_in_again_is_found(sealed):
    attack(
        sealed,
        f"""CREATE TEMP TABLE kept AS SELECT * FROM audit_event WHERE {planted()}; DELETE FROM audit_event WHERE {planted()};
            INSERT INTO audit_event SELECT (jsonb_populate_record(k, '{{"xid": "9999999"}}')).* FROM kept k""",
    )
    assert "was changed after it was sealed" in verify().difference


def test_a_deleted_event_whose_leaf_is_taken_out_too_is_found(sealed):
    key = event_id()
    attack(
        sealed,
        f"DELETE FROM audit_seal_leaf WHERE event_id = '{key}'; DELETE FROM audit_event WHERE id = '{key}'",
    )
    assert "is missing" in verify().difference


def test_an_event_slipped_in_with_an_early_transaction_id_is_found(sealed):
    attack(
        sealed,
        f"""CREATE TEMP TABLE kept AS SELECT * FROM audit_event WHERE {planted()};
            UPDATE kept SET id = gen_random_uuid(), sentence = 'a made-up past', seq = seq - 1;
            INSERT INTO audit_event SELECT * FROM kept""",
    )
    assert "was never sealed" in verify().difference


def test_two_swapped_leaves_are_found(sealed):
    attack(
        sealed,
        """UPDATE audit_seal_leaf SET position = position + 1000000 WHERE position IN (5, 6);
           UPDATE audit_seal_leaf SET position = 11 - (position - 1000000) WHERE position > 1000000""",
    )
    found = verify().difference
    assert "does not fit its entries" in found or "wrong place" in found


def test_events_put_in_another_order_are_found(sealed):
    a, b = event_id(0), event_id(1)
    attack(
        sealed,
        f"""CREATE TEMP TABLE x AS SELECT id, xid, seq FROM audit_event WHERE id IN ('{a}', '{b}');
            UPDATE audit_event e SET xid = x.xid, seq = x.seq FROM x WHERE e.id IN ('{a}', '{b}') AND x.id <> e.id""",
    )
    assert "was changed after it was sealed" in verify().difference


def test_a_changed_tile_is_found(sealed):
    attack(sealed, "UPDATE audit_seal_tile SET hash = sha256('x') WHERE level = 1")
    assert "Tile 0 of level 1" in verify().difference


def test_a_changed_root_or_note_is_found(sealed):
    attack(
        sealed,
        "UPDATE audit_seal_checkpoint SET root = sha256('x') WHERE size = (SELECT min(size) FROM audit_seal_checkpoint)",
    )
    assert "says something else than its row" in verify().difference


def test_a_head_taken_away_is_found_by_its_copy(sealed):
    attack(
        sealed, "DELETE FROM audit_seal_checkpoint WHERE size = (SELECT min(size) FROM audit_seal_checkpoint)"
    )
    assert "that this database does not have" in verify().difference


def test_a_changed_opening_is_found(sealed):
    attack(sealed, "UPDATE audit_seal_log SET opening = replace(opening, 'opening', 'beginning')")
    assert "The opening" in verify().difference


def rewrite(database):
    """Edit an event, then build leaves, tiles and heads anew and sign them with the console's own key: what an insider could do."""
    attack(database, f"UPDATE audit_event SET sentence = 'nothing happened' WHERE {planted()}")
    log, heads = store.logs()[0], store.heads(1)
    rows = store.rows_of(
        f"SELECT l.position, {SELECT} FROM audit_seal_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.log = 1 ORDER BY l.position"
    )
    hashes = [leaf_hash(log.opening.encode()), *(leaf_hash(leaf_of(row[1:])) for row in rows)]
    sql = [
        f"UPDATE audit_seal_leaf SET hash = '\\x{item.hex()}' WHERE position = {place}"
        for place, item in enumerate(hashes)
    ]
    for tile in range(len(hashes) // 256):
        root = full_root(hashes[tile * 256 : tile * 256 + 256])
        sql.append(f"UPDATE audit_seal_tile SET hash = '\\x{root.hex()}' WHERE number = {tile}")
    frontier, sizes = Frontier(), {head.size for head in heads}
    for item in hashes:
        frontier.add(item)
        if frontier.size in sizes:
            note = sign(Checkpoint(log.origin, frontier.size, frontier.root()).body(), signers())
            root = frontier.root().hex()
            sql.append(
                f"UPDATE audit_seal_checkpoint SET root = '\\x{root}', note = $n${note}$n$ WHERE size = {frontier.size}"
            )
    attack(database, ";\n".join(sql))


def test_a_whole_tree_rewritten_and_signed_anew_is_caught_by_a_witness(sealed, settings):
    rewrite(sealed)
    assert "was rewritten" in verify().difference
    settings.WITNESSES = []
    assert verify().difference == "", "without a witness nobody could tell: that is why there are witnesses"


def test_a_log_thrown_away_and_begun_anew_is_caught_by_a_witness(sealed):
    attack(
        sealed,
        "TRUNCATE audit_seal_log, audit_seal_leaf, audit_seal_tile, audit_seal_checkpoint; DELETE FROM audit_event WHERE seq < 50",
    )
    seal_all()
    assert "a log that this database does not have" in verify().difference


def test_a_forged_copy_in_a_witness_folder_is_told(sealed, tmp_path):
    file = next(iter(sorted(tmp_path.glob("*/*.checkpoint"))))
    file.write_text(file.read_text().replace("\n", "\n", 1).replace("— ", "— x"))
    assert verify().difference
