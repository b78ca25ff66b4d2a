"""`manage.py prepare`: the web application's own tables and rights, and one password for every demo user; run by the owner."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import BaseCommand, call_command
from django.db import connection

PASSWORD = "quillfold-demo"  # noqa: S105
RIGHTS = """
grant select, insert, update, delete on all tables in schema public to product_app;
grant usage, select on all sequences in schema public to product_app;
revoke insert, update, delete on django_migrations from product_app;
grant select on all tables in schema public to product_reader;
"""
SET_PASSWORDS = """
update users set password_hash = %s where status = 'active' and password_hash is not null
and not exists (select from users where password_hash = %s)
"""


class Command(BaseCommand):
    help = "Make the demo product's database ready for its web application."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Safe to run again."""
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS)
            cursor.execute(
                "select count(*) from users where password_hash like 'pbkdf2_sha256$1000000$%%'", []
            )
            if cursor.fetchone() == (0,):
                hashed = make_password(PASSWORD)
                cursor.execute(SET_PASSWORDS, [hashed, hashed])
        self.stdout.write("product: its web application is ready")
