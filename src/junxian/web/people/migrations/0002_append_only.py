"""The database refuses changes and deletions."""

from django.db import migrations

from junxian.web.archive.guard import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [AppendOnly("people_auditrow")]
