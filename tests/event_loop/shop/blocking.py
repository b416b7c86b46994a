import asyncio
import functools
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep

import bcrypt
import httpx
import requests
from asgiref.sync import sync_to_async
from django.conf import settings
from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from . import remote
from .outside import NAP, URL
from .remote import Shop, cost, fetch, shop, stock, tax, weight

router = APIRouter()
pool = ThreadPoolExecutor(4)
HASH = bcrypt.hashpw(b"secret", bcrypt.gensalt(10))


@router.get("/requests")
async def asks_by_requests():
    return requests.get(URL, timeout=5).text


session = requests.Session()


@router.get("/session")
async def asks_by_a_session():
    return session.get(URL, timeout=5).text


@router.get("/httpx")
async def asks_by_httpx():
    return httpx.get(URL).text


@router.get("/httpx-client")
async def asks_by_a_client():
    with httpx.Client(timeout=5) as client:
        return client.post(URL).text


@router.get("/urllib")
async def asks_by_urllib():
    with urllib.request.urlopen(URL, timeout=5) as answer:
        return answer.read().decode()


@router.get("/sleeps")
async def sleeps():
    time.sleep(NAP)
    return "awake"


@router.get("/sleeps-by-name")
async def sleeps_by_name():
    sleep(NAP)
    await asyncio.sleep(0)
    return "awake"


@router.get("/process")
async def runs_a_process():
    return subprocess.run(["sleep", str(NAP)], check=True).returncode


@router.get("/hash")
async def checks_a_password():
    return bcrypt.checkpw(b"secret", HASH)


@router.get("/helper")
async def by_a_helper():
    await asyncio.sleep(0)
    return fetch()


@router.get("/module")
async def by_a_module():
    return remote.rate()


@router.get("/method")
async def by_a_method():
    return shop.price()


def get_shop():
    return Shop()


@router.get("/given")
async def by_what_is_given(shop: Shop = Depends(get_shop)):
    return shop.open()


async def current_price():
    return stock()


@router.get("/dependency")
async def by_a_dependency(price: str = Depends(current_price)):
    return price


@router.get("/eager")
async def evaluates_before_the_thread():
    return await asyncio.to_thread(str, tax())


@router.get("/future")
async def waits_for_a_future():
    return pool.submit(fetch).result()


@router.get("/each")
async def in_a_comprehension():
    return [cost() for _ in range(2)]


def prices():
    yield weight()


@router.get("/generator")
async def loops_over_a_generator():
    return [price for price in prices()]


async def one():
    time.sleep(NAP)
    return 1


@router.get("/gathers")
async def gathers_what_waits():
    return await asyncio.gather(one(), one())


@contextmanager
def locked():
    time.sleep(NAP)
    yield 1


@router.get("/manager")
async def opens_what_waits():
    with locked() as it:
        return it


async def parts():
    for part in "ab":
        time.sleep(NAP)
        yield part


@router.get("/streams")
async def streams_what_waits():
    return StreamingResponse(parts())


class Prices:
    @staticmethod
    def latest():
        return requests.request("GET", URL, timeout=5).text

    @classmethod
    def known(cls):
        return cls.latest()


@router.get("/class")
async def by_a_class():
    return Prices.known()


class Base:
    def load(self):
        time.sleep(NAP)
        return 1


class Derived(Base):
    def run(self):
        return self.load()


@router.get("/inherited")
async def by_what_is_inherited():
    return Derived().run()


@router.get("/in-a-thread")
async def in_a_thread():
    return await asyncio.to_thread(fetch)


@router.get("/in-the-pool")
async def in_the_pool():
    return await run_in_threadpool(requests.get, URL, timeout=5) and 1


@router.get("/in-an-executor")
async def in_an_executor():
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, lambda: requests.get(URL, timeout=5).text)


@router.get("/partial")
async def in_an_executor_by_parts():
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, functools.partial(time.sleep, NAP))


# Making one reads all root certificates, which takes longer than the answer does here.
awaited = httpx.AsyncClient(timeout=5)


@router.get("/awaited")
async def awaits_a_client():
    return (await awaited.get(URL)).text


@router.get("/awaited-client")
async def makes_a_client_that_is_awaited():
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.get(URL)).text


@router.get("/awaits-sleep")
async def awaits_sleep():
    await asyncio.sleep(NAP)
    return 1


@router.get("/def")
def is_no_coroutine():
    return fetch()


def checked():
    return fetch()


@router.get("/def-dependency")
async def dependency_is_no_coroutine(price: str = Depends(checked)):
    return price


@router.get("/process-awaited")
async def awaits_a_process():
    process = await asyncio.create_subprocess_exec("sleep", str(NAP))
    return await process.wait()


def parts_in_turn():
    for part in "ab":
        time.sleep(NAP)
        yield part


@router.get("/streams-in-threads")
async def streams_in_threads():
    return StreamingResponse(parts_in_turn())


@router.get("/later")
async def leaves_it_for_later(tasks: BackgroundTasks):
    tasks.add_task(fetch)
    return 1


@sync_to_async
def slow():
    return fetch()


@router.get("/wrapped")
async def calls_what_is_wrapped():
    return await slow()


@router.get("/inner")
async def hands_an_inner_function_on():
    def work():
        time.sleep(NAP)
        return 1

    return await asyncio.to_thread(work)


@router.get("/made")
async def makes_and_does_not_call():
    lazily = prices()
    asked = functools.partial(fetch)
    return bool(lazily) and bool(asked)


@router.get("/future-awaited")
async def awaits_a_future():
    return await asyncio.wrap_future(pool.submit(fetch))


def either(wait):
    if wait:
        time.sleep(NAP)
    return 1


@router.get("/flag")
async def says_not_to_wait():
    return either(False)


class Quick(Base):
    def load(self):
        return 2


@router.get("/overridden")
async def calls_what_is_overridden():
    return Quick().load()


async def doze():
    time.sleep(NAP)
    await asyncio.sleep(0)
    return "awake"


@router.get("/own-loop")
def in_a_loop_of_its_own():
    return asyncio.run(doze())


async def nap():
    time.sleep(NAP)
    return "awake"


@router.get("/shared-loop")
async def in_the_loop_of_others():
    await asyncio.sleep(0)
    return await nap()


@router.get("/development")
async def in_development_only():
    if settings.DEBUG:
        time.sleep(NAP)
    return "awake"
