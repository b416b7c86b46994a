import os

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=20, max_overflow=10)
Session = async_sessionmaker(engine)
app = FastAPI()


async def session():
    async with Session() as it:
        yield it


@app.get("/report")
async def report(db=Depends(session)):
    await db.execute(text("select pg_sleep(0.2)"))
    return {"ok": True}
