"""Processes: starting and ending them on one core, and what the kernel accounts to them."""

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROXY_CORE = 0
LOAD_CORE = 1


@dataclass
class Usage:
    """CPU seconds of a process tree, twice: from the scheduler's nanoseconds and from 10 ms ticks."""

    seconds: float
    ticks: float

    def __sub__(self, other):
        return Usage(self.seconds - other.seconds, self.ticks - other.ticks)

    @property
    def best(self):
        # Threads that have ended in between are in the ticks alone.
        return self.ticks if self.ticks > self.seconds * 1.02 + 0.05 else self.seconds


def stat_fields(pid):
    """The fields of /proc/PID/stat behind the name; None if the process has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()


def tree(pid):
    """A process and all its descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := stat_fields(entry)):
            children.setdefault(int(fields[1]), []).append(int(entry))
    found, rest = [], [pid]
    while rest:
        process = rest.pop()
        found.append(process)
        rest += children.get(process, [])
    return found


def threads(pid):
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def cpu(pid):
    nanoseconds = ticks = 0
    for process in tree(pid):
        if fields := stat_fields(process):
            ticks += int(fields[11]) + int(fields[12])
        for thread in threads(process):
            try:
                nanoseconds += int(Path(f"/proc/{process}/task/{thread}/schedstat").read_text().split()[0])
            except OSError:
                pass
    return Usage(nanoseconds / 1e9, ticks / os.sysconf("SC_CLK_TCK"))


def memory(pid):
    """Resident KiB of the tree: all of it, and the anonymous part."""
    total = anonymous = 0
    for process in tree(pid):
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
            elif line.startswith("RssAnon:"):
                anonymous += int(line.split()[1])
    return total, anonymous


def core_use(core):
    """Seconds that a core was busy (stolen time included), and seconds that were stolen, since the boot."""
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith(f"cpu{core} "):
            values = [int(value) / os.sysconf("SC_CLK_TCK") for value in line.split()[1:9]]
            return sum(values) - values[3] - values[4], values[7]
    raise RuntimeError(f"there is no core {core}")


def pin(pid, core):
    for process in tree(pid):
        for thread in threads(process):
            try:
                os.sched_setaffinity(int(thread), {core})
            except OSError:
                pass


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Processes:
    """Everything that was started here; nothing of it outlives `end_all`."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def start(self, command, core, name, pipe=False):
        output = subprocess.PIPE if pipe else open(self.folder / "log" / f"{name}.out", "w")
        process = subprocess.Popen(
            command, stdout=output, stderr=None if pipe else subprocess.STDOUT, text=pipe, cwd=self.folder,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        self.running.append(process)
        return process

    def end(self, process):
        if process in self.running:
            self.running.remove(process)
        if process.poll() is not None:
            return
        members = tree(process.pid)
        process.terminate()
        try:
            process.wait(6)
        except subprocess.TimeoutExpired:
            for member in members:
                try:
                    os.kill(member, signal.SIGKILL)
                except OSError:
                    pass
            process.wait()

    def end_all(self):
        for process in list(self.running):
            self.end(process)
