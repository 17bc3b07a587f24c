"""The door for WSGI servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.charsets import with_readable_charsets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = with_readable_charsets(get_wsgi_application())
# What was made at the start is no garbage: no collection need search it again.
gc.collect()
gc.freeze()
