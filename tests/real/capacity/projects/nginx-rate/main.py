import asyncio

from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def report():
    await asyncio.sleep(0.1)
    return {"ok": True}
