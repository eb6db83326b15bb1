from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("teams", "0006_leaving")]

    operations = [
        migrations.AddField(
            "team", "second_step", models.CharField(blank=True, default="", db_default="", max_length=8)
        ),
        migrations.AddField("member", "demands", models.CharField(blank=True, default="", db_default="", max_length=8)),
        migrations.AddIndex(
            "auditentry", models.Index(F("team"), F("id").desc(), name="audit_page")
        ),
    ]
