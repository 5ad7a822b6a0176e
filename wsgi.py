"""The application for a WSGI server: `gunicorn wsgi:app`."""

from __future__ import annotations

from portal.app import create_app
from portal.config import Settings
from portal.shared.web import logs

logs.configure()
app = create_app(Settings.from_environment())
