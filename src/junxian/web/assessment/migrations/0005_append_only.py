"""What a county confirmed and handed in is append-only; an alert may name a whole formula."""

from django.db import migrations, models

from junxian.web.archive.guard import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assessment", "0004_alter_alert_level")]
    operations = [
        migrations.AlterField("alert", "indicator", models.TextField(blank=True)),
        AppendOnly("assessment_confirmation", "assessment_evidence"),
    ]
