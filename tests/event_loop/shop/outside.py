"""Where the server is that the cases ask, which answers after a while; and how long that is."""

import os

URL = os.environ.get("SHOP_URL", "http://127.0.0.1:9")
NAP = 0.06
