"""Rows for what assets mean; those that are there wait for their vectors."""

import django.db.models.deletion
from django.db import migrations, models

AT_ONCE = 2000


def fill(apps, schema_editor):
    """One for each search entry, whose key and scope it shares."""
    entries = apps.get_model("gallery", "SearchEntry").objects
    meaning = apps.get_model("gallery", "Meaning")
    waiting = []
    for key, asset, scope in entries.values_list("id", "asset_id", "scope").iterator(AT_ONCE):
        team, medium = scope.split(" ")
        waiting.append(meaning(id=key, asset_id=asset, team_id=team, medium=medium))
        if len(waiting) == AT_ONCE:
            meaning.objects.bulk_create(waiting)
            waiting = []
    meaning.objects.bulk_create(waiting)


class Migration(migrations.Migration):
    dependencies = [("gallery", "0004_pages")]

    operations = [
        migrations.CreateModel(
            name="Meaning",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("team_id", models.UUIDField()),
                ("medium", models.CharField(max_length=8)),
                ("waiting", models.BooleanField(default=True)),
                ("turn", models.PositiveIntegerField(default=0)),
                ("model", models.CharField(blank=True, max_length=40)),
                ("vector", models.BinaryField(default=b"")),
                (
                    "asset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meaning",
                        to="gallery.asset",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill),
        migrations.AddIndex(
            "meaning",
            models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("waiting", True)),
                name="gallery_meaning_waiting",
            ),
        ),
    ]
