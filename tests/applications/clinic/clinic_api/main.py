from contextlib import asynccontextmanager

from fastapi import FastAPI

from .jobs.nightly import build_scheduler
from .routers import appointments, invoices, patients, practitioners, prescriptions, reports


@asynccontextmanager
async def lifespan(app: FastAPI):
    scheduler = build_scheduler()
    scheduler.start()
    yield
    scheduler.shutdown()


app = FastAPI(title="Clinic API", lifespan=lifespan)
for module in (appointments, invoices, patients, practitioners, prescriptions, reports):
    app.include_router(module.router)
