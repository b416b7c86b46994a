import json
from typing import Any

import redis

from brewhouse.config import settings


class JsonCache:
    def __init__(self, prefix: str, ttl: int = 900) -> None:
        self.prefix = prefix
        self.ttl = ttl
        self._redis = redis.Redis.from_url(settings.redis_url, decode_responses=True)

    def get(self, key: object) -> Any | None:
        raw = self._redis.get(f"{self.prefix}:{key}")
        return json.loads(raw) if raw else None

    def add(self, key: object, value: Any) -> None:
        self._redis.set(f"{self.prefix}:{key}", json.dumps(value), ex=self.ttl)

    def delete(self, key: object) -> None:
        self._redis.delete(f"{self.prefix}:{key}")


route_cache = JsonCache("route")
price_cache = JsonCache("price")
