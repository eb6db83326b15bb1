"""Pages and searches that cost the same however much there is: an index for each filter, and search entries by time."""

import django.db.models.deletion
from django.db import migrations, models

from studio.gallery.index import place_of, scope_of

LISTED = models.Q(("deleted_at", None), ("listed", True))
NEWEST = models.OrderBy(models.F("id"), descending=True)
TAGGED = "CREATE INDEX gallery_tagged ON gallery_asset_tags (tag_id, asset_id DESC)"
AT_ONCE = 2000

OLD_FTS = {
    "sqlite": [
        "DROP TRIGGER gallery_fts_insert",
        "DROP TRIGGER gallery_fts_delete",
        "DROP TRIGGER gallery_fts_update",
        "DROP TABLE gallery_fts",
    ],
    "postgresql": ["DROP INDEX gallery_words"],
}
FTS = {
    "sqlite": [
        # External content: the index holds no second copy of the words. Of a word it keeps in which column it is,
        # not where: nobody asks for phrases, and without places it is half as large.
        "CREATE VIRTUAL TABLE gallery_fts USING fts5(scope, words, content='gallery_searchentry',"
        " content_rowid='id', tokenize='unicode61', prefix='1 2 3', detail=column)",
        "INSERT INTO gallery_fts(gallery_fts) VALUES ('rebuild')",
        "CREATE TRIGGER gallery_fts_insert AFTER INSERT ON gallery_searchentry BEGIN "
        "INSERT INTO gallery_fts(rowid, scope, words) VALUES (new.id, new.scope, new.words); END",
        "CREATE TRIGGER gallery_fts_delete AFTER DELETE ON gallery_searchentry BEGIN "
        "INSERT INTO gallery_fts(gallery_fts, rowid, scope, words)"
        " VALUES ('delete', old.id, old.scope, old.words); END",
        "CREATE TRIGGER gallery_fts_update AFTER UPDATE ON gallery_searchentry BEGIN "
        "INSERT INTO gallery_fts(gallery_fts, rowid, scope, words)"
        " VALUES ('delete', old.id, old.scope, old.words); "
        "INSERT INTO gallery_fts(rowid, scope, words) VALUES (new.id, new.scope, new.words); END",
    ],
    "postgresql": [
        # Stored, so that a row that is looked at need not be taken apart again; from the words as they are, without
        # PostgreSQL's own idea of what a word is. Those of the scope begin with "_", which no word that is asked for has.
        "ALTER TABLE gallery_searchentry ADD COLUMN vector tsvector GENERATED ALWAYS AS (array_to_tsvector("
        "string_to_array('_' || replace(scope, ' ', ' _') || CASE words WHEN '' THEN '' ELSE ' ' || words END, ' ')"
        ")) STORED",
        "CREATE INDEX gallery_words ON gallery_searchentry USING gin (vector)",
    ],
}


def _run(statements):
    def run(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


def fill(apps, schema_editor):
    """The words as they were, under new keys."""
    old = apps.get_model("gallery", "OldEntry").objects.select_related("asset").defer("asset__text")
    new = apps.get_model("gallery", "SearchEntry")
    waiting = []
    for entry in old.iterator(AT_ONCE):
        asset = entry.asset
        waiting.append(
            new(
                id=place_of(asset.pk),
                asset_id=asset.pk,
                scope=scope_of(asset.team_id, asset.medium),
                words=entry.words,
            )
        )
        if len(waiting) == AT_ONCE:
            new.objects.bulk_create(waiting)
            waiting = []
    new.objects.bulk_create(waiting)


class Migration(migrations.Migration):
    dependencies = [("gallery", "0003_uploads")]

    operations = [
        migrations.AddIndex(
            "asset",
            models.Index(models.F("team"), models.F("tool"), NEWEST, condition=LISTED, name="gallery_tool"),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(models.F("team"), models.F("model"), NEWEST, condition=LISTED, name="gallery_model"),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("team"), models.F("author"), NEWEST, condition=LISTED, name="gallery_author"
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("team"),
                NEWEST,
                condition=models.Q(("deleted_at", None), ("listed", True), ("rating_n__gt", 0)),
                name="gallery_rated",
            ),
        ),
        migrations.AddIndex(
            "asset",
            models.Index(
                models.F("team"),
                models.F("author"),
                NEWEST,
                condition=models.Q(("deleted_at", None), ("listed", False)),
                name="gallery_unlisted",
            ),
        ),
        migrations.RunSQL(TAGGED, "DROP INDEX gallery_tagged"),
        migrations.RunPython(_run(OLD_FTS)),
        migrations.RenameModel("SearchEntry", "OldEntry"),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=50)),
                ("words", models.TextField()),
                (
                    "asset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_entry",
                        to="gallery.asset",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill),
        migrations.DeleteModel("OldEntry"),
        migrations.RunPython(_run(FTS)),
    ]
