"""Limits that replicas count together in a Redis behind TLS, in a cluster, and behind Sentinels."""

from certificates import self_signed
from harness import until
from redis_server import RedisServer, Sentinel, free_ports, start_cluster
from replicas import LONG, SHARED, Load, Replicas, hold_again, missed, spread

HUNDRED = [
    {"kind": "rate_limit", "per": "user", "requests": 100, "window_ms": LONG},
    {"kind": "concurrency", "per": "global", "max": 64},
    {"kind": "budget", "per": "user", "tokens": 10**9},
]


def test_limits_are_exact_over_tls(start, servers, tmp_path):
    certificate, key = self_signed(tmp_path / "certificates", "redis")
    (port,) = free_ports(1)
    servers(RedisServer, "--tls-port", port, "--tls-cert-file", certificate, "--tls-key-file", key,
            "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no")
    store = {"kind": "redis", "url": f"rediss://127.0.0.1:{port}", "ca_file": str(certificate)}
    gateways = Replicas(start, store)(2, HUNDRED)
    assert spread(gateways, 40, 4) == {200: 100, 429: 60}


def test_limits_are_exact_in_a_cluster_of_three_masters(start, servers):
    masters = start_cluster(servers)
    store = {"kind": "redis", "url": f"redis://127.0.0.1:{masters[0].port}", "cluster": True}
    gateways = Replicas(start, store)(2, HUNDRED)
    assert spread(gateways, 40, 4) == {200: 100, 429: 60}
    assert sorted(bool(int(master.call("DBSIZE"))) for master in masters) == [False, False, True], "one slot for all"


def test_no_request_fails_while_sentinels_replace_the_master_and_limits_hold_again(start, servers):
    ports = free_ports(5)
    master = servers(RedisServer, "--port", ports[0], "--repl-diskless-sync-delay", 0)
    successor = servers(RedisServer, "--port", ports[1], "--replicaof", "127.0.0.1", ports[0])
    sentinels = [servers(Sentinel, port, ports[0]) for port in ports[2:]]
    for sentinel in sentinels:
        until(lambda: (found := sentinel.master()).get("num-slaves") == "1" and found["num-other-sentinels"] == "2",
              20, "sentinels that know all")
    store = {"kind": "redis",
             "sentinel": {"addresses": [f"127.0.0.1:{port}" for port in ports[2:]], "master": "main"}}
    gateways = Replicas(start, store)(2, SHARED)
    until(lambda: master.call("WAIT", 1, 100) == "1", what="a replica that follows")
    with Load(gateways) as load:
        master.kill()
        until(lambda: missed(gateways), what="decisions without Redis")
        until(lambda: successor.call("ROLE").startswith("master"), 20, "a new master")
        hold_again(gateways)
    load.assert_served()
