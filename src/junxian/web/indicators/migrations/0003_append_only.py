"""The database refuses changes and deletions."""

from django.db import migrations

from junxian.web.archive.guard import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_initial")]
    operations = [AppendOnly("indicators_observation")]
