"""A closed load over HTTP: so many users, each asks, waits for the answer, thinks, and asks again."""

import asyncio
import random
import time
from dataclasses import dataclass, field


@dataclass
class Seen:
    """What came of a load, once it had settled."""

    seconds: float = 0.0
    answered: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    # The generator's own CPU, in seconds.
    cpu: float = 0.0

    @property
    def rate(self):
        """Requests a second that were answered without an error."""
        return self.answered / self.seconds

    @property
    def errors(self):
        return sum(self.failed.values()) / self.seconds

    @property
    def mean(self):
        """Of those that were answered, in milliseconds."""
        return 1000 * sum(self.times) / len(self.times) if self.times else 0.0

    def quantile(self, share):
        ordered = sorted(self.times)
        return 1000 * ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


class User:
    """One client: a connection that is kept where the server keeps it."""

    def __init__(self, host, port, path, think, seed):
        self.at, self.think, self.random = (host, port), think, random.Random(seed)
        self.request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-User: {seed}\r\n\r\n".encode()
        self.reader = self.writer = None

    async def ask(self):
        """The status of one answer, read whole."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(*self.at)
        self.writer.write(self.request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        status = lines[0].split(" ")[1]
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        if "content-length" in headers:
            await self.reader.readexactly(int(headers["content-length"]))
        elif "chunked" in headers.get("transfer-encoding", ""):
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readexactly(2)
        else:
            await self.reader.read()
            headers["connection"] = "close"
        if headers.get("connection") == "close":
            self.hang_up()
        return status

    def hang_up(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def act(self, seen, begin, end):
        # Nobody starts at the same moment.
        await asyncio.sleep(self.random.random() * max(self.think, 0.2))
        while (start := time.perf_counter()) < end:
            try:
                status = await asyncio.wait_for(self.ask(), 60)
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError, IndexError) as error:
                self.hang_up()
                status = type(error).__name__
            now = time.perf_counter()
            if begin <= now < end:
                if status.startswith("2"):
                    seen.answered += 1
                    seen.times.append(now - start)
                else:
                    seen.failed[status] = seen.failed.get(status, 0) + 1
            if not status.startswith("2"):
                # A person who sees an error does not ask again at once; a loop of refusals would take the machine's CPU.
                await asyncio.sleep(0.05)
            if self.think:
                await asyncio.sleep(self.random.expovariate(1 / self.think))
        self.hang_up()


async def run(host, port, path, users, think, warm, seconds):
    seen = Seen(seconds=seconds)
    begin = time.perf_counter() + warm
    all_users = [User(host, port, path, think, at) for at in range(users)]
    acting = [asyncio.create_task(it.act(seen, begin, begin + seconds)) for it in all_users]
    await asyncio.sleep(warm)
    cpu = time.process_time()
    await asyncio.sleep(seconds)
    seen.cpu = time.process_time() - cpu
    for task in acting:
        task.cancel()
    await asyncio.gather(*acting, return_exceptions=True)
    return seen


def load(host, port, path, users, think=0.0, warm=2.0, seconds=6.0):
    """What comes of so many users who think for so many seconds on average, for so long."""
    return asyncio.run(run(host, port, path, users, think, warm, seconds))
