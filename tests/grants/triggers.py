"""Putting the triggers of tables on again after a test wrote past them as the owner."""


def on_again(*tables: str) -> str:
    """Return SQL that makes every trigger of these tables hold again, in every replication mode."""
    named = ", ".join(f"'{table}'::regclass" for table in tables)
    return f"""DO $$ DECLARE found record; BEGIN
        FOR found IN SELECT tgname, tgrelid::regclass AS target FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN ({named}) LOOP
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', found.target, found.tgname);
        END LOOP;
    END $$;"""
