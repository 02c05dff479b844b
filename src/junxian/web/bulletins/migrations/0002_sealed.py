"""Notices are append-only; results of frozen rounds are sealed."""

from django.db import migrations

from junxian.web.archive.guard import AppendOnly
from junxian.web.bulletins.sealing import Sealed


class Migration(migrations.Migration):
    dependencies = [("bulletins", "0001_notices"), ("assessment", "0005_append_only")]
    operations = [
        AppendOnly(
            "bulletins_noticeversion", "bulletins_acceptance", "bulletins_signature", "bulletins_publication",
            "bulletins_withdrawal",
        ),
        Sealed(),
    ]
