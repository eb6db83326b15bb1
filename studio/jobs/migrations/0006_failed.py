from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_when")]

    operations = [
        migrations.AddIndex(
            "job",
            models.Index(
                F("team"),
                F("finished_at").desc(),
                F("id").desc(),
                name="job_failed",
                condition=Q(error__isnull=False, listed=True, batch__isnull=True),
            ),
        ),
    ]
