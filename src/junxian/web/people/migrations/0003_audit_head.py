"""The head of the audit chain moves with its rows, in the database itself."""

from django.db import migrations

SQLITE = """CREATE TRIGGER people_auditrow_head AFTER INSERT ON people_auditrow BEGIN
UPDATE people_audithead SET count = NEW.number, hash = NEW.hash WHERE id = 1; END"""
POSTGRES = """CREATE OR REPLACE FUNCTION junxian_audit_head() RETURNS trigger AS $$
BEGIN UPDATE people_audithead SET count = NEW.number, hash = NEW.hash WHERE id = 1; RETURN NEW; END $$
LANGUAGE plpgsql"""
POSTGRES_TRIGGER = """CREATE TRIGGER people_auditrow_head AFTER INSERT ON people_auditrow
FOR EACH ROW EXECUTE FUNCTION junxian_audit_head()"""


def on(apps, editor):
    """The first head and the trigger."""
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRES, params=None)
        editor.execute(POSTGRES_TRIGGER, params=None)
    else:
        editor.execute(SQLITE, params=None)


def off(apps, editor):
    """The trigger goes."""
    table = " ON people_auditrow" if editor.connection.vendor == "postgresql" else ""
    editor.execute("DROP TRIGGER people_auditrow_head" + table, params=None)


def first(apps, editor):
    """A chain of no rows."""
    apps.get_model("people", "AuditHead").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_append_only")]
    operations = [migrations.RunPython(on, off), migrations.RunPython(first, migrations.RunPython.noop)]
