"""The door for WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

from config.charsets import with_readable_charsets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = with_readable_charsets(get_wsgi_application())
