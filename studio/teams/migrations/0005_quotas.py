from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0004_hooked")]

    operations = [
        migrations.AddField("team", name, models.PositiveIntegerField(blank=True, null=True))
        for name in ("jobs_a_day", "minutes_a_month", "disk_mb")
    ]
