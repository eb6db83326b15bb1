"""Boards; stacks of revisions; what pictures look like. Every asset gets its stack; pictures are looked at afterwards,
a few at a time, by the sweeper (gallery/seen.py)."""

import django.db.models.deletion
import django.utils.timezone
import studio.ids
from django.conf import settings
from django.db import migrations, models

SHOWN = models.Q(("deleted_at", None), ("listed", True))
NEWEST = models.OrderBy(models.F("id"), descending=True)
AT_ONCE = 2000


def fill(apps, schema_editor):
    """Each asset's stack: that of the parent it is a revision of, in the same team and medium, else its own; and which
    of a stack is its newest shown."""
    assets = apps.get_model("gallery", "Asset").objects
    links = apps.get_model("gallery", "Lineage").objects.filter(
        role="parent",
        parent__team=models.F("child__team"),
        parent__medium=models.F("child__medium"),
    )
    assets.update(stack=models.F("id"))
    parents = {}
    for child, parent in links.order_by("id").values_list("child_id", "parent_id").iterator(AT_ONCE):
        parents.setdefault(child, parent)
    stacks = {}
    for child in parents:
        first, passed = child, {child}
        while first in parents and parents[first] not in passed:
            first = parents[first]
            passed.add(first)
        stacks.setdefault(first, []).append(child)
    for first, members in stacks.items():
        for at in range(0, len(members), AT_ONCE):
            assets.filter(pk__in=members[at : at + AT_ONCE]).update(stack=first)
        shown = assets.filter(stack=first, listed=True, deleted_at=None).order_by("-pk")
        newest = shown.values_list("pk", flat=True).first()
        if newest is not None:
            assets.filter(stack=first).exclude(pk=newest).update(top=False)
    if schema_editor.connection.vendor == "postgresql":
        # A table with checks that wait for the commit cannot be changed further.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0005_meaning"),
        ("teams", "0002_throttle"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("asset", "phash", models.BigIntegerField(null=True)),
        migrations.AddField("asset", "seen", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("asset", "stack", models.UUIDField(editable=False, null=True)),
        migrations.AddField("asset", "top", models.BooleanField(default=True)),
        migrations.AddField("upload", "archive", models.BooleanField(default=False)),
        # Found by its stack before the index of what is shown is there.
        migrations.AddIndex(
            "asset", models.Index(models.F("stack"), NEWEST, condition=SHOWN, name="gallery_stack")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.CreateModel(
            name="AssetColour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=12)),
                (
                    "asset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="colours",
                        to="gallery.asset",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="teams.team",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("team"),
                        models.F("name"),
                        models.OrderBy(models.F("asset"), descending=True),
                        name="gallery_coloured",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("asset", "name"), name="one_colour")],
            },
        ),
        migrations.CreateModel(
            name="PhashBand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.IntegerField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gallery.asset"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="teams.team",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["team", "key", "asset"], name="gallery_alike")]},
        ),
        migrations.CreateModel(
            name="Board",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=studio.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("note", models.TextField(blank=True)),
                ("filters", models.JSONField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="boards",
                        to="teams.team",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("team"),
                        models.OrderBy(models.F("updated_at"), descending=True),
                        NEWEST,
                        name="gallery_boards",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="BoardItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.FloatField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="board_items",
                        to="gallery.asset",
                    ),
                ),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="gallery.board",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["board", "position", "id"], name="board_order")],
                "constraints": [models.UniqueConstraint(fields=("board", "asset"), name="once_on_a_board")],
            },
        ),
        migrations.AlterField("asset", "stack", models.UUIDField(editable=False)),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("team"),
                NEWEST,
                condition=models.Q(("deleted_at", None), ("listed", True), ("top", True)),
                name="gallery_top",
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("team"),
                models.F("review_state"),
                NEWEST,
                condition=SHOWN,
                name="gallery_review_state",
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("team"),
                NEWEST,
                models.F("width"),
                models.F("height"),
                models.F("duration_s"),
                condition=SHOWN,
                name="gallery_size",
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(models.F("team"), models.F("content_digest"), condition=SHOWN, name="gallery_same"),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("id"),
                condition=models.Q(("seen", 0), ("thumbnail__isnull", False)),
                name="gallery_unseen",
            ),
        ),
    ]
