import hashlib
import hmac
import json

import requests

HANDLERS = {}


def handles(event):
    def register(function):
        HANDLERS[event] = function
        return function

    return register


def _post(endpoint, body):
    raw = json.dumps(body, default=str).encode()
    signature = hmac.new(endpoint.secret.encode(), raw, hashlib.sha256).hexdigest()
    reply = requests.post(endpoint.url, data=raw, headers={"X-Signature": signature}, timeout=5)
    return reply.ok


@handles("order.changed")
def order_changed(delivery):
    return _post(delivery.endpoint, {"type": "order", **delivery.payload})
