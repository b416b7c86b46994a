import os

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

engine = create_engine(os.environ["DATABASE_URL"])
Session = sessionmaker(engine)
app = FastAPI()


def session():
    with Session() as it:
        yield it


@app.get("/report")
def report(db=Depends(session)):
    db.execute(text("select pg_sleep(0.2)"))
    return {"ok": True}
