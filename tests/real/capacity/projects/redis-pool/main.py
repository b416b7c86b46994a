import os
import uuid

import redis.asyncio as redis
from fastapi import FastAPI

client = redis.from_url(os.environ["REDIS_URL"], max_connections=10)
app = FastAPI()


@app.get("/report")
async def report():
    # Nothing is ever put there: it waits for as long as it says.
    await client.blpop(str(uuid.uuid4()), timeout=1)
    return {"ok": True}
