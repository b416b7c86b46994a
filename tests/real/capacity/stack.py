"""Starts what a compose file names, from the same files that plimsoll reads, as processes in a network of their own.

Each service has an address of 127.0.0.0/8 and keeps the ports that its files name; a hosts file that only these processes
see leads from the names to the addresses. What containers would add is not there: CPU limits are not enforced.
"""

import fcntl
import json
import os
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import yaml

TICK = os.sysconf("SC_CLK_TCK")
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


INSIDE = "PLIMSOLL_CAPACITY_INSIDE"


def enter(work):
    """Leaves the machine's network for an empty one, where all ports and names are free. Takes root."""
    if os.geteuid() != 0:
        raise SystemExit("run it as root: it starts servers in a network namespace of their own")
    if INSIDE not in os.environ:
        words = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, *sys.argv]
        os.execvpe("unshare", words, {**os.environ, INSIDE: "1"})
    hosts = work / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
    with socket.socket() as it:
        flags = struct.unpack("16sh14x", fcntl.ioctl(it, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0)))[1]
        fcntl.ioctl(it, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def waited():
    """For how many seconds anybody on this machine has waited for a CPU."""
    try:
        return int(Path("/proc/pressure/cpu").read_text().split("total=")[1].split()[0]) / 1e6
    except OSError:
        return 0.0


def processes():
    """Every process: its parent, and the seconds of CPU that it and those of its children that have ended have taken."""
    out = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            out[int(entry.name)] = (int(fields[1]), sum(int(it) for it in fields[11:15]) / TICK)
    return out


def tree(pids, all_of=None):
    """These processes and all that they have started."""
    all_of = all_of or processes()
    out = list(pids)
    for pid in out:
        out.extend(it for it, (parent, _) in all_of.items() if parent == pid)
    return out


def cpu_of(pids):
    """The seconds of CPU that these processes and those they started have taken."""
    all_of = processes()
    return sum(all_of[pid][1] for pid in tree(pids, all_of) if pid in all_of)


class Stack:
    """A compose file's services, running."""

    def __init__(self, project, python, work):
        self.project, self.bin, self.work = Path(project), Path(python) / "bin", Path(work)
        self.services = yaml.safe_load((self.project / "compose.yaml").read_text())["services"]
        self.started = {}
        # On Linux every address of 127.0.0.0/8 is this machine's.
        self.address = {name: f"127.0.0.{at + 2}" for at, name in enumerate(self.services)}

    def __enter__(self):
        hosts = "127.0.0.1 localhost\n" + "".join(f"{at} {name}\n" for name, at in self.address.items())
        # Seen by these processes alone: see `enter`.
        (self.work.parent / "hosts").write_text(hosts)
        self.work.mkdir(parents=True, exist_ok=True)
        shutil.chown(self.work, "postgres", "postgres")
        for name in ("access.log", "few.log", "statements.csv"):
            (self.work / name).unlink(missing_ok=True)
        # What others need comes first.
        kinds = {name: self.kind(service) for name, service in self.services.items()}
        order = ["postgres", "redis", "pgbouncer", "web", "nginx"]
        try:
            for name in sorted(self.services, key=lambda it: order.index(kinds[it])):
                getattr(self, kinds[name])(name, self.services[name])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name, process in reversed(self.started.items()):
            family = tree([process.pid])
            # PostgreSQL would wait for its clients.
            process.send_signal(signal.SIGINT if self.kind(self.services[name]) == "postgres" else signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                for pid in family:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                process.wait()

    def kind(self, service):
        image = service.get("image", "")
        return next((kind for kind in ("pgbouncer", "postgres", "redis", "nginx") if kind in image), "web")

    def environment(self, service):
        given = service.get("environment") or {}
        if isinstance(given, list):
            given = dict(it.split("=", 1) for it in given)
        return {name: str(value) for name, value in given.items()}

    def command(self, service):
        """The words of the compose file's command, or of the Dockerfile's."""
        command = service.get("command")
        if command is None:
            lines = (self.project / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
            command = [line[3:].strip() for line in lines if line.startswith("CMD")][-1]
            if command.startswith("["):
                return json.loads(command)
        words = shlex.split(command) if isinstance(command, str) else [str(it) for it in command]
        return words

    def start(self, name, words, port, user=None, env=None, cwd=None):
        with socket.socket() as it:
            if it.connect_ex((name, port)) == 0:
                raise RuntimeError(f"something answers on {name}:{port} already")
        log = open(self.work / f"{name}.log", "wb")
        path = f"{self.bin}:/usr/sbin:/usr/bin:/bin"
        self.started[name] = process = subprocess.Popen(
            words, stdout=log, stderr=subprocess.STDOUT, user=user, group=user, extra_groups=[] if user else None,
            cwd=cwd or self.work, env={"PATH": path, "HOME": "/tmp", "LC_ALL": "C.UTF-8", **(env or {})},
        )
        for _ in range(300):
            try:
                socket.create_connection((name, port), 1).close()
                return
            except OSError:
                if process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"{name} does not answer on {port}:\n" + (self.work / f"{name}.log").read_text()[-2000:])

    def pids(self, *kinds):
        return [it.pid for name, it in self.started.items() if self.kind(self.services[name]) in kinds]

    def postgres(self, name, service):
        words = self.command(service) if "command" in service else ["postgres"]
        data, template = self.work / "data", self.work.parent / "template"
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: int(it.parent.name))[-1]
        if not template.exists():
            make = self.work.parent / "making"
            shutil.rmtree(make, ignore_errors=True)
            make.mkdir()
            shutil.chown(make, "postgres", "postgres")
            initdb = [programs / "initdb", "-D", make, "-A", "scram-sha-256", "--auth-local", "trust", "-U", "postgres"]
            password = self.work.parent / "password"
            password.write_text("bench")
            subprocess.run([*initdb, "--pwfile", password], user="postgres", group="postgres", check=True,
                           stdout=subprocess.DEVNULL, cwd="/tmp")
            make.rename(template)
        shutil.rmtree(data, ignore_errors=True)
        subprocess.run(["cp", "-a", template, data], check=True)
        # The unix socket and the statistics are the measurement's own.
        extra = ["-k", str(self.work), "-c", f"listen_addresses={self.address[name]}", "-c", "fsync=off",
                 "-c", "shared_preload_libraries=pg_stat_statements", "-D", str(data)]
        self.start(name, [str(programs / "postgres"), *words[1:], *extra], 5432, "postgres")
        self.psql("postgres", "create role bench login password 'bench'; ")
        self.psql("postgres", "create database bench owner bench")
        self.psql("bench", "create extension pg_stat_statements")
        setup = self.project / "setup.sql"
        if setup.exists():
            self.psql("bench", "set role bench;" + setup.read_text())

    def psql(self, database, text):
        words = ["psql", "-h", self.work, "-U", "postgres", "-d", database, "-qAt", "--csv", "-v", "ON_ERROR_STOP=1", "-c", text]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    def redis(self, name, service):
        words = self.command(service) if "command" in service else ["redis-server"]
        self.start(name, [*words, "--save", "", "--bind", self.address[name], "--protected-mode", "no"], 6379)

    def pgbouncer(self, name, service):
        """The image's variables as its entry point writes them."""
        env = self.environment(service)
        settings = {"pool_mode": "POOL_MODE", "default_pool_size": "DEFAULT_POOL_SIZE", "max_client_conn": "MAX_CLIENT_CONN",
                    "max_prepared_statements": "MAX_PREPARED_STATEMENTS"}
        own = "".join(f"{key} = {env[name]}\n" for key, name in settings.items() if name in env)
        ini = self.work / "pgbouncer.ini"
        users = self.work / "users.txt"
        users.write_text('"bench" "bench"\n')
        ini.write_text(
            f"[databases]\n* = host={env['DB_HOST']} port=5432 user=bench password=bench\n[pgbouncer]\nunix_socket_dir =\n"
            f"listen_addr = {self.address[name]}\nlisten_port = 5432\nauth_type = plain\nauth_file = {users}\n"
            f"ignore_startup_parameters = extra_float_digits\n{own}"
        )
        self.start(name, ["pgbouncer", "-q", str(ini)], 5432, "postgres")

    def web(self, name, service):
        words = [word.replace("0.0.0.0", self.address[name]) for word in self.command(service)]
        env = {"PYTHONDONTWRITEBYTECODE": "1", **self.environment(service)}
        if words[0] == "gunicorn":
            form = "%(h)s [%(t)s] \"%(r)s\" %(s)s %(b)s %(L)s"
            env["GUNICORN_CMD_ARGS"] = f"--access-logfile {self.work}/access.log --access-logformat '{form}'"
        elif words[0] == "uvicorn":
            words.append("--no-access-log")
        self.start(name, words, 8000, env=env, cwd=self.project)

    def nginx(self, name, service):
        text = (self.project / "nginx.conf").read_text().replace("listen 80", f"listen {self.address[name]}:80")
        conf = self.work / "nginx.conf"
        conf.write_text(text)
        rest = f"daemon off; pid {self.work}/nginx.pid; error_log {self.work}/nginx-error.log;"
        self.start(name, ["nginx", "-p", str(self.work), "-c", str(conf), "-g", rest], 80)
