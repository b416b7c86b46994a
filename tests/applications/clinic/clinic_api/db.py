import os

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

DSN = os.environ.get("CLINIC_DSN", "postgresql+psycopg2://clinic@localhost/clinic")
ASYNC_DSN = os.environ.get("CLINIC_ASYNC_DSN", "postgresql+asyncpg://clinic@localhost/clinic")

engine = create_engine(DSN, pool_pre_ping=True)
async_engine = create_async_engine(ASYNC_DSN)

SessionLocal = sessionmaker(engine, expire_on_commit=False)
AsyncSessionLocal = async_sessionmaker(async_engine, expire_on_commit=False)
