import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI

from dispatch_api import loading  # noqa: F401
from dispatch_api.jobs import nightly
from dispatch_api.routers import imports, live, network, operations, reports


@asynccontextmanager
async def lifespan(app: FastAPI):
    runner = asyncio.create_task(nightly.run_forever())
    yield
    runner.cancel()


app = FastAPI(title="Dispatch", lifespan=lifespan)
app.include_router(network.router)
app.include_router(operations.router)
app.include_router(live.router)
app.include_router(reports.router)
app.include_router(imports.router)
