"""A customer chat as the documentation of Channels sets one up: a consumer a connection, a group a thread.

Settings: STORE_URL (the store's address), CHANNEL_LAYER (core or pubsub), DJANGO_SECRET_KEY.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

# Django has to be set up before these, as the documentation of Channels says.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from consumers import ChatConsumer  # noqa: E402
from django.urls import path  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([path("ws", ChatConsumer.as_asgi())])})
