"""What Piccolo insists on: the engine and the one app."""

from piccolo.conf.apps import AppRegistry

from app.database import ENGINE

DB = ENGINE
APP_REGISTRY = AppRegistry(apps=["app.piccolo_app"])
