"""Makes the site's database, user and queue, and writes the queue's id; in one process, since Django starts slowly."""

import os

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)

from django.contrib.auth import get_user_model  # noqa: E402 - models exist after setup
from helpdesk.models import Queue  # noqa: E402

get_user_model().objects.create_superuser(
    os.environ["HELPDESK_USER"], "root@example.se", os.environ["HELPDESK_PASSWORD"]
)
print(Queue.objects.create(title="IT", slug="it").id)  # noqa: T201
