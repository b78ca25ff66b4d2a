"""The embedded PostgreSQL, on every engine this machine has."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from opsconsole.embedded import (
    EngineError,
    EngineUser,
    Postgres,
    find_postgres,
    make_roles_and_databases,
    passwords_in,
    short_socket_dir,
)
from opsconsole.embedded.user import unshare_allowed

ENGINES = [name for name in ("wheel", "debian") if os.environ.get("OPSCONSOLE_POSTGRES", name) == name]


@pytest.fixture(scope="module", params=ENGINES)
def bin_dir(request: pytest.FixtureRequest) -> Path:
    try:
        return find_postgres(request.param)
    except EngineError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def socket_dir() -> Iterator[Path]:
    path = short_socket_dir()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def postgres(bin_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    home, sockets = tmp_path_factory.mktemp("cluster"), short_socket_dir()
    engine = Postgres(home / "pg", sockets, "it's a ÿ password", durable=False, bin_dir=bin_dir)
    engine.start()
    yield engine
    engine.stop()
    shutil.rmtree(sockets)


def test_it_listens_on_a_socket_of_its_owner_only_and_on_no_port(
    postgres: Postgres, socket_dir: Path
) -> None:
    assert postgres.psql("show listen_addresses") == ""
    assert stat.S_IMODE(postgres.socket_dir.stat().st_mode) == 0o700
    assert len(str(postgres.socket_dir / ".s.PGSQL.5432")) < 107
    with psycopg.connect(postgres.superuser_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_wrong_password_is_refused(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url("postgres", "wrong", "postgres"))


def test_text_is_utf_8_and_sorts_the_same_everywhere(postgres: Postgres) -> None:
    assert postgres.psql("select lower('ÄÖ')") == "äö"
    assert postgres.psql("select datcollate from pg_database where datname = 'template0'") == "C.UTF-8"


def test_the_extensions_the_console_needs_are_carried(postgres: Postgres) -> None:
    assert postgres.missing_extensions() == []


def test_the_app_owns_nothing_and_the_reader_cannot_write(postgres: Postgres, tmp_path: Path) -> None:
    urls = make_roles_and_databases(postgres, passwords_in(tmp_path / "passwords.json"))
    with psycopg.connect(urls.product_owner, autocommit=True) as owner:
        owner.execute("create table invoice (id int)")
    with psycopg.connect(urls.product_reader, autocommit=True) as reader:
        assert reader.execute("select count(*) from invoice").fetchone() == (0,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("insert into invoice values (1)")
        reader.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("insert into invoice values (1)")
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("create extension btree_gist; create extension pg_trgm; create table event (id int)")
    with psycopg.connect(urls.app, autocommit=True) as app:
        for refused in ("select * from event", "create table mine (id int)", "drop table event"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(urls.app.replace("/opsconsole?", "/product?"))


def test_making_the_roles_again_changes_nothing(postgres: Postgres, tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    names = {"console": "twice", "product": "twice_product"}
    first = make_roles_and_databases(postgres, passwords_in(file), **names)
    assert make_roles_and_databases(postgres, passwords_in(file), **names) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_data_are_still_there_after_a_second_start(postgres: Postgres) -> None:
    postgres.psql("create table kept (word text); insert into kept values ('here')")
    postgres.stop()
    postgres.start()
    assert postgres.psql("select word from kept") == "here"


def test_data_of_another_major_version_are_refused_in_one_sentence(
    bin_dir: Path, tmp_path: Path, socket_dir: Path
) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg/PG_VERSION").write_text("14\n")
    with pytest.raises(EngineError, match="was made by PostgreSQL 14, and the one found here is"):
        Postgres(tmp_path / "pg", socket_dir, "secret", bin_dir=bin_dir).start()


def test_a_server_that_cannot_start_says_where_its_log_is(
    bin_dir: Path, tmp_path: Path, socket_dir: Path
) -> None:
    engine = Postgres(tmp_path / "pg", socket_dir, "secret", bin_dir=bin_dir)
    (tmp_path / "pg").mkdir(mode=0o700)
    (tmp_path / "pg/PG_VERSION").write_text(f"{engine.version}\n")
    with pytest.raises(EngineError, match=r"stopped while it was starting. Its log is .*postgresql\.log"):
        engine.start()
    assert "could not" in (tmp_path / "postgresql.log").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its user")
@pytest.mark.parametrize("way", ["unshare", "nobody"])
def test_root_starts_it_as_another_user(bin_dir: Path, tmp_path: Path, socket_dir: Path, way: str) -> None:
    if way == "unshare" and not unshare_allowed():
        pytest.skip("this kernel refuses user namespaces")
    user = EngineUser("unshare" if way == "unshare" else "nobody")
    engine = Postgres(tmp_path / "pg", socket_dir, "secret", durable=False, bin_dir=bin_dir)
    engine.start(user=user)
    try:
        assert engine.psql("select 'up'") == "up"
        engine.stop()
        engine.start()
        assert engine.psql("select 'up again'") == "up again"
    finally:
        engine.stop()
        user.forget(tmp_path / "pg")
    assert not (tmp_path / "pg").exists()


def test_an_unknown_choice_of_engine_is_one_sentence() -> None:
    with pytest.raises(EngineError, match="it may be wheel, debian or unset"):
        find_postgres("mine")
