"""The database refuses changes and deletions."""

from django.db import migrations

from junxian.web.archive.guard import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [AppendOnly("archive_blob")]
