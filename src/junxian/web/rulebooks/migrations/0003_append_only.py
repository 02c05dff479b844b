"""A version, once adopted, never changes."""

from django.db import migrations

from junxian.web.archive.guard import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0002_drafts_and_seal")]
    operations = [AppendOnly("rulebooks_version")]
