"""PostgreSQL and Valkey for the demo and the tests, from binaries already on this machine.

Standard library only. Neither engine opens a TCP port; both listen on a Unix socket in a directory that
only their owner can enter.
"""

from opsconsole.embedded.engine import short_socket_dir
from opsconsole.embedded.errors import EngineError
from opsconsole.embedded.finder import find_postgres, find_valkey
from opsconsole.embedded.postgres import Postgres
from opsconsole.embedded.roles import Urls, make_roles_and_databases, passwords_in
from opsconsole.embedded.user import EngineUser
from opsconsole.embedded.valkey import Valkey

__all__ = [
    "EngineError",
    "EngineUser",
    "Postgres",
    "Urls",
    "Valkey",
    "find_postgres",
    "find_valkey",
    "make_roles_and_databases",
    "passwords_in",
    "short_socket_dir",
]
