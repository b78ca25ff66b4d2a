from django.conf import settings
from django.db import migrations, models

from grants.going_back import refused_while_needed


class Migration(migrations.Migration):
    """A customer's link may show the receipt of a support session, and what the customer asks about it is a finding."""

    dependencies = [
        ('grants', '0017_places'),
        ('tenants', '0007_region'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='customerlink',
            name='grants_link_shows_one_thing',
        ),
        migrations.RemoveConstraint(
            model_name='usefinding',
            name='grants_finding_kind',
        ),
        migrations.AddField(
            model_name='customerlink',
            name='about',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='customerlink',
            name='kind',
            field=models.CharField(choices=[('consent', 'One request'), ('ledger', 'The ledger of past accesses'), ('receipt', 'The receipt of one support session')], max_length=8),
        ),
        migrations.AlterField(
            model_name='usefinding',
            name='kind',
            field=models.CharField(choices=[('never_used', 'Never used'), ('after_end', 'Used after its end'), ('twice', 'Used twice'), ('together', 'Same browser'), ('questioned', 'The customer asks')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='customerlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', True), ('kind', 'consent'), ('request__isnull', False)), models.Q(('about__isnull', True), ('kind', 'ledger'), ('made_by__isnull', False), ('request__isnull', True), models.Q(('reason', ''), _negated=True)), models.Q(('about__isnull', False), ('kind', 'receipt'), ('request__isnull', True)), _connector='OR'), name='grants_link_shows_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='usefinding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['never_used', 'after_end', 'twice', 'together', 'questioned']), models.Q(('words', ''), _negated=True)), name='grants_finding_kind'),
        ),
        refused_while_needed('0018_receipt'),
    ]
