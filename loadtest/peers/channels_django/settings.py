"""Django's settings: what a chat needs of it."""

import os

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["channels"]
USE_TZ = True
ASGI_APPLICATION = "asgi.application"

# `core` is the layer that the documentation sets up; `pubsub` the other one that channels_redis has.
LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": LAYERS[os.environ["CHANNEL_LAYER"]],
        # Beyond 100 messages under way, the default, groups lose messages without a word.
        "CONFIG": {"hosts": [os.environ["STORE_URL"]], "capacity": 100_000},
    }
}
