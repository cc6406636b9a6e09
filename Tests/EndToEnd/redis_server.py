"""A real redis-server of a test's own, on a socket in a directory and perhaps on a port."""

import socket
import subprocess

from certificates import self_signed
from harness import until


class RedisServer:
    """Without data of its own when it starts. `arguments` are as on the command line."""

    def __init__(self, directory, *arguments):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.socket = directory / "redis.sock"
        self.arguments = arguments
        self.start()

    @property
    def store(self):
        """The configuration's `store`."""
        return {"kind": "redis", "url": f"unix:{self.socket}"}

    def start(self):
        """Starts it, or starts it again, with nothing in it."""
        self.process = subprocess.Popen(
            ["/usr/bin/redis-server", "--port", "0", "--bind", "127.0.0.1", "--unixsocket", self.socket,
             "--dir", self.directory, "--save", "", "--appendonly", "no", "--enable-debug-command", "yes",
             *map(str, self.arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.call("PING") == "PONG", what="redis-server")

    def call(self, *words):
        """What a command is answered with, as redis-cli writes it."""
        command = ["/usr/bin/redis-cli", "-s", self.socket, *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.strip()

    def kill(self):
        self.process.kill()
        self.process.wait()


class SecureRedisServer(RedisServer):
    """One that speaks TLS on a port, with a certificate of its own."""

    def __init__(self, directory):
        self.certificate, key = self_signed(directory / "certificates", "redis")
        (self.port,) = free_ports(1)
        super().__init__(directory, "--tls-port", self.port, "--tls-cert-file", self.certificate, "--tls-key-file", key,
                         "--tls-ca-cert-file", self.certificate, "--tls-auth-clients", "no")

    @property
    def store(self):
        return {"kind": "redis", "url": f"rediss://127.0.0.1:{self.port}", "ca_file": str(self.certificate)}


class Sentinel:
    """Watches the master on a port under the name `main`, and replaces it within a second or two; two must agree."""

    def __init__(self, directory, port, master):
        directory.mkdir(parents=True)
        self.port = port
        file = directory / "sentinel.conf"
        file.write_text(f"port {port}\nbind 127.0.0.1\ndir {directory}\n"
                        f"sentinel monitor main 127.0.0.1 {master} 2\n"
                        "sentinel down-after-milliseconds main 300\nsentinel failover-timeout main 2000\n")
        self.process = subprocess.Popen(["/usr/bin/redis-server", file, "--sentinel"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def master(self):
        """What it knows of the master: name → value."""
        command = ["/usr/bin/redis-cli", "-p", str(self.port), "SENTINEL", "MASTER", "main"]
        lines = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.splitlines()
        return dict(zip(lines[::2], lines[1::2]))

    def kill(self):
        self.process.kill()
        self.process.wait()


class SentinelGroup:
    """A master, its successor, and three Sentinels that know all."""

    def __init__(self, directory):
        ports = free_ports(5)
        self.ports = ports[2:]
        self.master = RedisServer(directory / "master", "--port", ports[0], "--repl-diskless-sync-delay", 0)
        self.successor = RedisServer(directory / "successor", "--port", ports[1], "--replicaof", "127.0.0.1", ports[0])
        self.sentinels = [Sentinel(directory / f"sentinel-{port}", port, ports[0]) for port in self.ports]
        for sentinel in self.sentinels:
            until(lambda: (found := sentinel.master()).get("num-slaves") == "1" and found["num-other-sentinels"] == "2",
                  20, "sentinels that know all")
        self.replicate()

    @property
    def store(self):
        """The configuration's `store`."""
        addresses = [f"127.0.0.1:{port}" for port in self.ports]
        return {"kind": "redis", "sentinel": {"addresses": addresses, "master": "main"}}

    @property
    def process(self):
        return self.master.process

    def call(self, *words):
        """Asks whoever is the master."""
        return (self.master if self.master.process.poll() is None else self.successor).call(*words)

    def replicate(self):
        """Until the successor has all that the master has at present."""
        command = ["/usr/bin/redis-cli", "-s", self.master.socket]
        words = b"SET replicated 1 PX 1000\nWAIT 1 200\n"
        until(lambda: subprocess.run(command, input=words, capture_output=True, timeout=20).stdout == b"OK\n1\n",
              20, "a successor that follows")

    def part(self):
        """The successor hears nothing more of what is written; it can take over all the same."""
        self.successor.call("CONFIG", "SET", "masterauth", "wrong")
        self.master.call("CLIENT", "KILL", "TYPE", "replica")
        until(lambda: "master_link_status:down" in self.successor.call("INFO", "replication"), what="a cut link")

    def fail_over(self):
        """Kills the master, and waits for the next one."""
        self.master.kill()
        self.await_successor()

    def await_successor(self):
        until(lambda: self.successor.call("ROLE").startswith("master"), 20, "a new master")

    def kill(self):
        for server in (*self.sentinels, self.master, self.successor):
            server.kill()


def free_ports(count):
    """Ports that are free at present, and whose cluster bus ports are too."""
    held, ports = [], []
    while len(ports) < count:
        first, second = socket.socket(), socket.socket()
        held += [first, second]
        first.bind(("127.0.0.1", 0))
        port = first.getsockname()[1] - 10_000
        try:
            second.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            continue
        ports.append(port)
    for one in held:
        one.close()
    return ports


def start_cluster(servers):
    """Three masters of one cluster, started by the fixture `servers`, each with its `port`."""
    ports = free_ports(3)
    masters = [servers(RedisServer, "--port", port, "--cluster-enabled", "yes") for port in ports]
    for master, port, first, last in zip(masters, ports, (0, 5461, 10_923), (5460, 10_922, 16_383)):
        master.port = port
        assert master.call("CLUSTER", "ADDSLOTSRANGE", first, last) == "OK"
        assert master.call("CLUSTER", "MEET", "127.0.0.1", ports[0]) == "OK"
    for master in masters:
        until(lambda: "cluster_state:ok" in (info := master.call("CLUSTER", "INFO")) and "known_nodes:3" in info,
              what="a cluster")
    return masters
