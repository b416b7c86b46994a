from fastapi import FastAPI
from fastapi.middleware.wsgi import WSGIMiddleware

from brewhouse.api.routers import batches, deliveries, kegs, orders, purchasing, quality
from brewhouse.backoffice import create_app

app = FastAPI(title="Brewhouse")
app.include_router(batches.router)
app.include_router(orders.router)
app.include_router(kegs.router)
app.include_router(purchasing.router)
app.include_router(deliveries.router)
app.include_router(quality.router)
app.mount("/backoffice", WSGIMiddleware(create_app()))


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
