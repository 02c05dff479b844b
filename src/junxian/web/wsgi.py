"""The WSGI application (服务入口) that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junxian.web.settings")
application = get_wsgi_application()
