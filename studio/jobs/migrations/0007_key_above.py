from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0006_failed")]

    operations = [migrations.AddField("idempotencykey", "above", models.UUIDField(null=True))]
