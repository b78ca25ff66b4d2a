from django.db import migrations

GUARD = """
CREATE CONSTRAINT TRIGGER audit_guard AFTER UPDATE OF external_id, slug ON tenants_tenant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.external_id IS DISTINCT FROM NEW.external_id OR OLD.slug IS DISTINCT FROM NEW.slug)
    EXECUTE FUNCTION audit_require_event();
ALTER TABLE tenants_tenant ENABLE ALWAYS TRIGGER audit_guard;
"""


class Migration(migrations.Migration):
    """A tenant that silently becomes another would carry its grants along. Only a change of identity is guarded:
    a refresh of a million names writes one event, not a million look-ups."""

    dependencies = [("tenants", "0003_panel_trial"), ("audit", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, "DROP TRIGGER audit_guard ON tenants_tenant")]
