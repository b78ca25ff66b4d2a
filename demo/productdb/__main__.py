"""`python -m demo.productdb`: make the demo product's database ready.

Reads PRODUCT_OWNER_DATABASE_URL (the owner, who creates and fills) and takes the reading role from
PRODUCT_DATABASE_URL (the address that the console gets).
"""

import os
import sys
from functools import partial

import psycopg
from psycopg.conninfo import conninfo_to_dict

from demo.productdb.build import build


def main() -> int:
    """0 when the database is ready; 2 with one sentence when it is not."""
    try:
        owner_url = os.environ["PRODUCT_OWNER_DATABASE_URL"]
        reader = conninfo_to_dict(os.environ["PRODUCT_DATABASE_URL"]).get("user")
        if not reader:
            return _refuse("PRODUCT_DATABASE_URL names no role")
        build(owner_url, str(reader), say=partial(print, flush=True))
    except KeyError as missing:
        return _refuse(f"{missing.args[0]} is not set")
    except psycopg.Error as error:
        return _refuse(str(error).strip())
    return 0


def _refuse(sentence: str) -> int:
    print(f"product: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
