import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('email', models.TextField()),
                ('display_name', models.TextField()),
                ('role', models.TextField()),
                ('status', models.TextField()),
                ('two_factor', models.BooleanField()),
                ('password', models.TextField(db_column='password_hash')),
                ('last_login', models.DateTimeField(db_column='last_sign_in_at', null=True)),
            ],
            options={
                'db_table': 'users',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('token', models.TextField()),
                ('status', models.TextField(default='active')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'api_tokens',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('file_name', models.TextField()),
                ('status', models.TextField()),
                ('rows_total', models.IntegerField()),
                ('rows_done', models.IntegerField()),
                ('error_row', models.IntegerField(null=True)),
                ('error_text', models.TextField(null=True)),
                ('started_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'imports',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Invite',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('email', models.TextField()),
                ('role', models.TextField()),
                ('status', models.TextField()),
                ('token', models.TextField()),
                ('invited_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'invites',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.TextField()),
                ('customer_name', models.TextField()),
                ('customer_email', models.TextField()),
                ('total_minor', models.IntegerField()),
                ('currency', models.TextField()),
                ('status', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('due_on', models.DateField()),
            ],
            options={
                'db_table': 'invoices',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='SettingsChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('setting', models.TextField()),
                ('old_value', models.TextField(null=True)),
                ('new_value', models.TextField(null=True)),
                ('is_secret', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('support_agent', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'settings_changes',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('slug', models.TextField(unique=True)),
                ('name', models.TextField()),
                ('environment', models.TextField()),
                ('region', models.TextField()),
                ('status', models.TextField()),
                ('settings', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'tenants',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('user', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('paid', models.BooleanField(default=True)),
                ('weekly', models.BooleanField(default=True)),
                ('news', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('user', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE settings_changes ADD COLUMN IF NOT EXISTS support_agent text NOT NULL DEFAULT ''",
            migrations.RunSQL.noop,
        ),
    ]
