import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def report():
    end = time.thread_time() + 0.02
    while time.thread_time() < end:
        pass
    return {"ok": True}
