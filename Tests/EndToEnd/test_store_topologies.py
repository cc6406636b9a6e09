"""Limits that replicas count together in a Redis behind TLS, in a cluster, and behind Sentinels."""

import signal

import pytest

from harness import until
from metrics import total
from redis_server import SecureRedisServer, SentinelGroup, start_cluster
from replicas import LONG, SHARED, Load, Replicas, hold_again, missed, spread

HUNDRED = [
    {"kind": "rate_limit", "per": "user", "requests": 100, "window_ms": LONG},
    {"kind": "concurrency", "per": "global", "max": 64},
    {"kind": "budget", "per": "user", "tokens": 10**9},
]


def test_limits_are_exact_over_tls(start, servers):
    gateways = Replicas(start, servers(SecureRedisServer).store)(2, HUNDRED)
    assert spread(gateways, 40, 4) == {200: 100, 429: 60}


def test_limits_are_exact_in_a_cluster_of_three_masters(start, servers):
    masters = start_cluster(servers)
    store = {"kind": "redis", "url": f"redis://127.0.0.1:{masters[0].port}", "cluster": True}
    gateways = Replicas(start, store)(2, HUNDRED)
    assert spread(gateways, 40, 4) == {200: 100, 429: 60}
    assert sorted(bool(int(master.call("DBSIZE"))) for master in masters) == [False, False, True], "one slot for all"


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_no_request_fails_while_sentinels_replace_the_master_and_limits_hold_again(start, servers, fault):
    group = servers(SentinelGroup)
    gateways = Replicas(start, group.store)(2, SHARED)
    group.replicate()
    with Load(gateways) as load:
        group.process.send_signal({"killed": signal.SIGKILL, "frozen": signal.SIGSTOP}[fault])
        until(lambda: missed(gateways), what="decisions without Redis")
        group.await_successor()
        hold_again(gateways, within=1)
    load.assert_served()
    assert [total(gateway, "sluice_store_servers_failing") for gateway in gateways] == [0, 0]
