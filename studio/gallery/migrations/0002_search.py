"""The table of words, and the full-text index over it that each database keeps in step by itself."""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = [
    # External content: the index holds no second copy of the words. Words come folded (see gallery/index.py).
    "CREATE VIRTUAL TABLE gallery_fts USING fts5("
    "words, content='gallery_searchentry', content_rowid='id', tokenize='unicode61', prefix='2 3')",
    "CREATE TRIGGER gallery_fts_insert AFTER INSERT ON gallery_searchentry BEGIN "
    "INSERT INTO gallery_fts(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER gallery_fts_delete AFTER DELETE ON gallery_searchentry BEGIN "
    "INSERT INTO gallery_fts(gallery_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER gallery_fts_update AFTER UPDATE ON gallery_searchentry BEGIN "
    "INSERT INTO gallery_fts(gallery_fts, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO gallery_fts(rowid, words) VALUES (new.id, new.words); END",
]
SQLITE_BACK = ["DROP TABLE gallery_fts"]
POSTGRESQL = [
    "CREATE INDEX gallery_words ON gallery_searchentry USING gin (to_tsvector('simple', words))",
]
POSTGRESQL_BACK = ["DROP INDEX gallery_words"]


def _run(schema_editor, sqlite, postgresql):
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def backwards(apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("gallery", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
        migrations.RunPython(forwards, backwards),
    ]
