from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0005_quotas")]

    operations = [
        migrations.AddField("user", "delete_at", models.DateTimeField(blank=True, db_index=True, null=True)),
        migrations.AddField("user", "sessions_n", models.PositiveIntegerField(default=0, db_default=0)),
        migrations.AddField("team", "delete_at", models.DateTimeField(blank=True, db_index=True, null=True)),
        migrations.AddField("team", "left", models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField()))),
    ]
