"""Tasks that replicas share: seen, cancelled and counted from each of them, and taken over from one that is lost."""

import hashlib
import signal
import threading

import pytest

from harness import until
from metrics import total
from operators import LISTENERS, Operators
from redis_server import start_cluster
from tasks import ASYNC, SSE, Tasks, frames
from test_tasks import COLLEAGUE, GUARDS, REJECTED_TWICE, SECRET, STRANGER, with_keys
from wire import Wire, chat_body, get, once, post

ADMIN = "sk-admin-5d1c8e-tail"
ONE = {"tasks": {"max_running": 1, "max_queued": 1}}


@pytest.fixture
def pair(replicas):
    """The tasks of two replicas: `pair(root=…)`."""
    return lambda **options: [Tasks(gateway) for gateway in replicas.start(2, **options)]


def text(events):
    return "".join(data["text"] for _, name, data in events if name == "text")


def lines(pair, task):
    """What the access logs tell of a task, but for the requests about it."""
    return [line for tasks in pair for line in tasks.gateway.access_log()
            if line.get("task") == task and "path" not in line]


class Watcher:
    """A client that watches a task at one replica, in a thread of its own."""

    def __init__(self, tasks, task):
        self.events, self.is_cut = [], False
        self.wire = Wire(tasks.gateway.address())
        self.wire.send(get(f"/v1/results/{task}", headers=SSE))
        self.status = self.wire.head().status
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        body = b""
        try:
            while chunk := self.wire.chunk():
                body += chunk
                whole, _, body = body.rpartition(b"\n\n")
                self.events += frames(whole + b"\n\n") if whole else []
        except (EOFError, OSError):
            self.is_cut = True

    def names(self):
        return [name for _, name, _ in self.events]

    def sees(self, name, count=1):
        until(lambda: self.names().count(name) >= count, what=f"{name} to be told, after {self.names()}")

    def all(self):
        """Every event, once the task is over."""
        self.thread.join(20)
        assert not self.thread.is_alive(), self.names()
        self.wire.socket.close()
        return self.events


def hold(tasks, provider, label, **spec):
    """A task that runs and tells no end until it is cancelled."""
    task = tasks.submit("fake", x_provider={"id": label, "stall_after": 3, **spec})
    provider.call(label, "sending")
    return task


def occupied(replicas, provider, label, **options):
    """Two replicas with one place each, that of the second taken by the task that comes third: what is submitted next is
    run by the first."""
    options = {"root": {"tasks": {"max_running": 1}}, **options}
    other = Tasks(replicas.start(1, **options)[0])
    blocker = hold(other, provider, f"{label}-block")
    return Tasks(replicas.start(1, **options)[0]), other, blocker


# Seen from everywhere


def test_a_task_is_watched_live_at_a_replica_that_does_not_run_it(pair, provider, label):
    one, other = pair(root=ONE)
    task = one.submit("fake", x_provider={"id": label, "events": 12, "gap_ms": 60})
    watchers = [Watcher(one, task), Watcher(other, task)]
    for watcher in watchers:
        watcher.sees("text", 2)
    assert {tasks.status(task)["status"] for tasks in (one, other)} == {"running"}
    assert other.result(task).status == 409
    told = [watcher.all() for watcher in watchers]
    assert told[0] == told[1] == other.events(task) == one.events(task)
    assert [number for number, _, _ in told[0]] == list(range(13))
    assert text(told[0]) == "".join(f"w{n} " for n in range(12)) and told[0][-1][1] == "completed"
    assert other.events(task, last=7) == told[0][8:] and other.events(task, last=12) == []
    assert one.status(task) == other.status(task)
    assert one.result(task).json() == other.result(task).json() == told[0][-1][2]
    assert len(provider.calls(label)) == 1


def test_a_panel_tells_its_progress_at_every_replica(pair):
    one, other = pair(**REJECTED_TWICE)
    task = one.submit()
    status = other.wait(task, "completed")
    assert status["progress"] == {"stage": "reviewing", "iteration": 3, "max_iterations": 3}
    round_ = ["stage", "code", "stage", "review", "review", "review", "decision"]
    assert [name for _, name, _ in other.events(task)] == round_ * 3 + ["completed"]
    assert other.result(task).json()["approved"] is True


def test_a_task_is_told_to_its_owner_at_every_replica_and_to_nobody_else(pair):
    one, other = pair(**with_keys(REJECTED_TWICE))
    task = one.submit("echo")
    assert other.events(task, key=COLLEAGUE[0])[-1][1] == "completed"
    for path, method in (("status", "GET"), ("results", "GET"), ("tasks", "DELETE")):
        response = other.call(get(f"/v1/{path}/{task}", method=method, key=STRANGER[0]))
        assert response.status == 404 and response.error["code"] == "task_not_found"
        assert other.call(get(f"/v1/{path}/{task}", method=method, key=None)).status == 401


def test_a_public_link_opens_at_every_replica(pair):
    one, other = pair(**with_keys(REJECTED_TWICE, tasks={"public_links": True}))
    task = one.submit("echo")
    assert other.events(task, key=None)[-1][1] == "completed"
    assert other.call(get("/v1/status/00000000-0000-4000-8000-000000000000", key=None)).status == 401
    assert other.cancel(task, key=None).status == 401


def test_results_expire_for_all_and_are_then_forgotten(pair, replicas):
    one, other = pair(root={"tasks": {"retention_seconds": 1}})
    task = one.submit("echo")

    def state(tasks):
        response = tasks.call(get(f"/v1/status/{task}"))
        return response.json()["status"] if response.status == 200 else response.status

    until(lambda: state(other) == "expired", what="the task to expire")
    assert other.result(task).error["code"] == one.call(get(f"/v1/results/{task}")).error["code"] == "task_expired"
    until(lambda: state(other) == state(one) == 404, what="the task to be forgotten")


# Cancelling


def test_a_task_is_cancelled_from_a_replica_that_does_not_run_it(pair, provider, label):
    one, other = pair()
    task = hold(one, provider, label)
    watcher = Watcher(other, task)
    watcher.sees("text", 2)
    answers = [other.cancel(task).json()["status"], one.cancel(task).json()["status"]]
    assert answers == ["cancelled"] * 2
    provider.call(label, "left")
    assert watcher.all()[-1][2]["error"]["code"] == "task_cancelled"
    for tasks in (one, other):
        status = tasks.wait(task, "cancelled")
        assert status["celery_status"] == "REVOKED" and status["error"]["code"] == "task_cancelled"
        assert tasks.result(task).status == 409 and tasks.events(task) == watcher.events


def test_a_task_that_waits_is_cancelled_from_any_replica_and_never_begins(pair, provider, label):
    one, other = pair(root={"tasks": {"max_running": 1}})
    held = [hold(one, provider, f"{label}-{n}") for n in range(2)]
    waiting = one.submit("fake", x_provider={"id": label})
    assert one.status(waiting)["status"] == "queued"
    assert other.cancel(waiting).json()["status"] == "cancelled"
    for task in held:
        other.cancel(task)
    one.wait(one.submit("echo"), "completed")
    assert [name for _, name, _ in one.events(waiting)] == ["error"] and provider.calls(label) == []


# How many there may be


def test_the_bounds_count_the_tasks_of_all_replicas(pair, provider, label):
    one, other = pair(root=ONE)
    until(lambda: all(total(tasks.gateway, "sluice_store_replicas") == 2 for tasks in (one, other)), what="all beats")
    first, second = hold(one, provider, f"{label}-1"), hold(other, provider, f"{label}-2")
    third = one.submit("echo")
    for tasks in (one, other):
        refused = tasks.call(post(chat_body("echo"), headers=ASYNC))
        assert refused.status == 429 and refused.error["code"] == "rate_limit_exceeded" and refused["retry-after"]
    other.cancel(first)
    other.wait(third, "completed")
    one.cancel(second)
    for tasks in (one, other):
        tasks.wait(tasks.submit("echo"), "completed")


def test_a_users_share_is_of_all_replicas(pair, provider, label):
    one, other = pair(**with_keys({}, tasks={"max_per_user": 2}))
    held = [hold(one, provider, f"{label}-1"), hold(other, provider, f"{label}-2")]
    refused = other.call(post(chat_body("echo"), headers=ASYNC))
    assert refused.status == 429 and "You have 2 tasks" in refused.error["message"]
    assert one.call(post(chat_body("echo"), headers=ASYNC, key=STRANGER[0])).status == 202
    one.cancel(held[1])
    other.wait(held[1], "cancelled")
    other.wait(other.submit("echo"), "completed")


def test_a_replica_with_room_takes_what_another_has_no_place_for(pair, provider, label):
    """And guards hold for it there as they would have at the first."""
    one, other = pair(policies=GUARDS, root={"tasks": {"max_running": 1}})
    held = hold(one, provider, f"{label}-1")
    tasks = [one.submit("fake", x_provider={"id": f"{label}-{n}", "words": ["a ", SECRET, " b"]}) for n in range(2, 5)]
    for task in tasks:
        one.wait(task, "completed")
        assert text(other.events(task)) == "a [key] b"
    one.cancel(held)


def test_tokens_are_settled_by_whoever_ran_the_task(pair, provider, label):
    limit = {"kind": "rate_limit", "per": "user", "tokens": 10_000, "window_ms": 600_000}
    places = {"kind": "concurrency", "per": "user", "max": 1}
    one, other = pair(policies=[limit, places], root={"tasks": {"max_running": 1}})
    for tasks in (one, other, one):
        tasks.wait(tasks.submit("echo", "a b c", max_tokens=3_000), "completed")
    response = other.call(post(chat_body("echo", "a b c")))
    assert response.status == 200, "the place is free"
    assert int(response["x-ratelimit-remaining-tokens"]) > 9_000, "what was reserved and not used is back"


def test_a_task_that_is_cancelled_as_it_waits_is_told_and_gives_back_what_it_held(pair, provider, label):
    """By the replica at which it was cancelled: no run tells of it."""
    limit = {"kind": "rate_limit", "per": "user", "tokens": 10_000, "window_ms": 600_000}
    pair = pair(policies=[limit], root={"tasks": {"max_running": 1}, "listeners": LISTENERS})
    one, other = pair
    held = [hold(one, provider, f"{label}-{n}") for n in range(2)]
    waiting = one.submit("fake", max_tokens=5_000, x_provider={"id": label})
    assert other.cancel(waiting).json()["status"] == other.cancel(waiting).json()["status"] == "cancelled"
    (line,) = until(lambda: lines(pair, waiting), what="the line")
    assert (line["outcome"], line["error"], line["user"], line["key"], line["model"]) == (
        "client_disconnected", "task_cancelled", "tess", "tester", "fake")
    assert line["attempts"] == 0 and line["duration_ms"] == 0 and line["client"] == "127.0.0.1"
    for task in held:
        other.cancel(task)
    until(lambda: all(lines(pair, task) for task in held), what="the other lines")
    rows = [row for tasks in pair for row in Operators(tasks.gateway).read("/admin/usage")["data"]]
    assert sum(row["requests"] for row in rows) == sum(row["errors"] for row in rows) == 3
    response = other.call(post(chat_body("echo", "a")))
    assert int(response["x-ratelimit-remaining-tokens"]) > 9_000 and provider.calls(label) == []
    assert len(lines(pair, waiting)) == 1


# A replica is lost


def test_a_task_of_a_killed_replica_is_begun_anew_and_says_so(replicas, provider, label):
    one, other, blocker = occupied(replicas, provider, label)
    task = one.submit("fake", x_provider={
        "id": label, "by_call": [{"events": 9, "stall_after": 4}, {"words": ["other ", "words"], "gap_ms": 50}]})
    watcher = Watcher(other, task)
    watcher.sees("text", 3)
    one.gateway.kill()
    other.cancel(blocker)
    events = watcher.all()
    assert [number for number, _, _ in events] == list(range(7))
    assert [name for _, name, _ in events] == ["text"] * 3 + ["stage"] + ["text"] * 2 + ["completed"]
    assert events[3][2] == {"stage": "restarted", "run": 2}
    assert text(events[:3]) == "w0 w1 w2 " and text(events[3:]) == "other words"
    assert other.events(task) == events[3:], "what the first run told is void"
    assert other.events(task, last=1) == events[3:] and other.events(task, last=4) == events[5:]
    assert other.result(task).json()["choices"][0]["message"]["content"] == "other words"
    assert len(provider.calls(label)) == 2


def test_of_many_tasks_none_is_lost_and_none_is_finished_twice_when_a_replica_is_killed(pair, provider, label):
    one, other = pair(root={"tasks": {"max_running": 4, "max_per_user": 1_000}}, workers=2)
    tasks = [
        replica.submit("fake", x_provider={"id": f"{label}-{n}", "events": 4, "gap_ms": 40})
        for n in range(20) for replica in (one, other)]
    until(lambda: sum(other.status(task)["status"] == "completed" for task in tasks) > 5, what="some to be done")
    done = {task: other.events(task) for task in tasks if other.status(task)["status"] == "completed"}
    one.gateway.kill()
    for task in tasks:
        other.wait(task, "completed")
    words = "w0 w1 w2 w3 "
    restarted = 0
    for task in tasks:
        events = other.events(task)
        assert [name for _, name, _ in events].count("completed") == 1 and text(events) == words
        assert events == done.get(task, events)
        restarted += events[0][1] == "stage"
    assert restarted <= 4
    calls = [len(provider.calls(f"{label}-{n}")) for n in range(20)]
    assert sum(calls) <= 40 + 4, "only what ran at the lost replica is run again"


def test_a_frozen_replica_that_comes_back_cannot_write_over_what_another_has_done(replicas, provider, label):
    one, other, blocker = occupied(replicas, provider, label)
    task = one.submit("fake", x_provider={
        "id": label, "by_call": [{"events": 30, "gap_ms": 100}, {"words": ["second"]}]})
    watcher = Watcher(other, task)
    watcher.sees("text", 2)
    one.gateway.signal(signal.SIGSTOP)
    try:
        other.cancel(blocker)
        other.wait(task, "completed")
        events, status, result = other.events(task), other.status(task), other.result(task).json()
    finally:
        one.gateway.signal(signal.SIGCONT)
    assert text(events) == "second" and watcher.all()[-1] == events[-1]
    until(lambda: {call["state"] for call in provider.calls(label)} <= {"left", "done"}, what="the first call to end")
    one.wait(one.submit("echo"), "completed")
    for tasks in (one, other):
        assert tasks.events(task) == events and tasks.result(task).json() == result
        assert tasks.status(task) == status


def test_a_run_that_ends_in_the_moment_in_which_it_is_lost_settles_nothing(replicas, provider, label):
    """Its replica is frozen until another has run the task, and finds the whole answer first when it goes on."""
    limit = {"kind": "rate_limit", "per": "user", "tokens": 10_000, "window_ms": 600_000}
    one, other, blocker = occupied(replicas, provider, label, policies=[limit])
    # What somebody else has used: a reservation that is given back twice gives back some of this.
    assert other.call(post(chat_body("fake", x_provider={"id": f"{label}-used", "events": 4_000}))).status == 200
    task = one.submit("fake", max_tokens=3_000, x_provider={
        "id": label, "by_call": [{"events": 20, "gap_ms": 50}, {"words": ["second"]}]})
    watcher = Watcher(other, task)
    watcher.sees("text", 2)
    one.gateway.signal(signal.SIGSTOP)
    try:
        provider.call(label, "done")
        other.cancel(blocker)
        other.wait(task, "completed")
    finally:
        one.gateway.signal(signal.SIGCONT)
    one.wait(one.submit("echo", "a"), "completed")
    response = other.call(post(chat_body("echo", "a", max_tokens=1)))
    assert 5_900 < int(response["x-ratelimit-remaining-tokens"]) < 6_000
    (line,) = lines((one, other), task)
    assert line["tokens_out"] == 1 and text(other.events(task)) == "second"
    assert watcher.all()[-1] == other.events(task)[-1]


def test_a_task_that_ends_one_replica_after_another_is_given_up(provider, label, replicas):
    one, other, blocker = occupied(replicas, provider, label)
    task = hold(one, provider, label)
    replicas.redis.call("HSET", f"sluice:{{tasks}}:task:{task}", "losses", 2)
    one.gateway.kill()
    other.cancel(blocker)
    status = other.wait(task, "failed")
    assert status["error"]["code"] == "task_interrupted" and len(provider.calls(label)) == 1


def test_a_replica_that_is_stopped_hands_its_tasks_over_at_once(replicas, provider, label):
    """Without waiting for the lease, once its time to drain is over."""
    one, other, blocker = occupied(replicas, provider, label, lease_ms=60_000, bounds={"drain_timeout_ms": 300})
    task = one.submit("fake", x_provider={"id": label, "by_call": [{"stall_after": 2}, {"words": ["anew"]}]})
    waiting = one.submit("echo", "hello")
    provider.call(label, "sending")
    one.gateway.signal(signal.SIGTERM)
    assert one.gateway.wait(15) == 0
    other.cancel(blocker)
    other.wait(task, "completed")
    other.wait(waiting, "completed")
    assert text(other.events(task)) == "anew"


# Redis


def test_a_task_goes_on_while_redis_hangs_and_is_told_whole(replicas, provider, label):
    (gateway,) = replicas.start(1)
    ours = Tasks(gateway)
    task = ours.submit("fake", x_provider={"id": label, "events": 25, "gap_ms": 60})
    watcher = Watcher(ours, task)
    watcher.sees("text", 2)
    replicas.redis.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: ours.call(get(f"/v1/status/{task}")).status == 503, what="the store to be missed")
        refused = ours.call(post(chat_body("echo"), headers=ASYNC))
        assert refused.status == 503 and refused["retry-after"]
        provider.call(label, "done")
    finally:
        replicas.redis.process.send_signal(signal.SIGCONT)
    until(lambda: ours.call(get(f"/v1/status/{task}")).status == 200, what="the store to be found")
    ours.wait(task, "completed")
    events = ours.events(task)
    assert text(events) == "".join(f"w{n} " for n in range(25)) and watcher.all()[-1] == events[-1]
    assert len(provider.calls(label)) == 1
    ours.wait(ours.submit("echo"), "completed")


def test_tasks_of_a_store_that_was_lost_are_told_of_as_unknown_and_run_no_more(pair, provider, label, replicas):
    one, other = pair()
    task = hold(one, provider, label)
    watcher = Watcher(other, task)
    watcher.sees("text", 2)
    replicas.redis.kill()
    replicas.redis.start()
    provider.call(label, "left")
    until(lambda: {tasks.call(get(f"/v1/status/{task}")).status for tasks in (one, other)} == {404}, what="404")
    watcher.thread.join(10)
    assert watcher.is_cut and "completed" not in watcher.names()
    for tasks in (one, other):
        tasks.wait(tasks.submit("echo"), "completed")


def test_a_task_survives_a_restart_of_redis_with_its_data(replicas, provider, label):
    """Nobody ran it meanwhile: it goes on where it was."""
    replicas.redis.call("CONFIG", "SET", "appendonly", "yes")
    until(lambda: "aof_rewrite_in_progress:0" in replicas.redis.call("INFO", "persistence"), what="the file")
    replicas.redis.arguments = ("--appendonly", "yes")
    one, other, blocker = occupied(replicas, provider, label)
    task = one.submit("fake", x_provider={"id": label, "events": 40, "gap_ms": 60})
    watcher = Watcher(other, task)
    watcher.sees("text", 2)
    replicas.redis.call("SHUTDOWN", "NOSAVE")
    replicas.redis.process.wait(10)
    replicas.redis.start()
    for tasks in (one, other):
        until(lambda: tasks.call(get(f"/v1/status/{task}")).status == 200, what="the store")
    one.wait(task, "completed")
    assert text(other.events(task)) == "".join(f"w{n} " for n in range(40))
    assert len(provider.calls(label)) == 1
    other.cancel(blocker)


def test_a_refused_submission_that_redis_carried_out_late_is_withdrawn(replicas, provider, label):
    (gateway,) = replicas.start(1, root={"tasks": {"max_running": 1}})
    ours = Tasks(gateway)
    held = hold(ours, provider, f"{label}-1")
    replicas.redis.process.send_signal(signal.SIGSTOP)
    refused = ours.call(post(chat_body("fake", x_provider={"id": label}), headers=ASYNC))
    replicas.redis.process.send_signal(signal.SIGCONT)
    assert refused.status == 503
    until(lambda: replicas.redis.call("HGET", "sluice:{tasks}:counts", "all") == "1", what="the withdrawal")
    ours.cancel(held)
    ours.wait(ours.submit("echo"), "completed")
    assert provider.calls(label) == []


def test_tasks_live_in_a_cluster_of_three_masters(start, servers, provider, label):
    """With guards, limits and takeover, all by scripts whose keys lie in one slot."""
    store = {"kind": "redis", "url": f"redis://127.0.0.1:{start_cluster(servers)[0].port}", "cluster": True, "lease_ms": 900}
    limit = {"kind": "rate_limit", "per": "user", "tokens": 100_000, "window_ms": 600_000}
    one, other = [Tasks(start(policies=[limit], root={"store": store, "tasks": {"max_running": 2}})) for _ in range(2)]
    watched = one.submit("fake", x_provider={"id": label, "events": 8, "gap_ms": 60})
    watchers = [Watcher(one, watched), Watcher(other, watched)]
    assert watchers[0].all() == watchers[1].all() == other.events(watched)
    held = hold(one, provider, f"{label}-held")
    assert other.cancel(held).json()["status"] == "cancelled"
    provider.call(f"{label}-held", "left")
    tasks = [replica.submit("fake", x_provider={"id": f"{label}-{n}", "events": 4, "gap_ms": 50})
             for n in range(5) for replica in (one, other)]
    other.wait(tasks[0], "completed")
    one.gateway.kill()
    for task in tasks:
        other.wait(task, "completed")
        assert text(other.events(task)) == "w0 w1 w2 w3 "


# What operators are told


def test_the_end_of_a_task_has_a_line_in_the_access_log_of_who_ran_it(pair, provider, label):
    one, other = pair(root={"tasks": {"max_running": 1}})
    cancelled = hold(one, provider, f"{label}-2")
    task = one.submit("fake", x_provider={"id": label, "events": 3})
    other.wait(task, "completed")
    other.cancel(cancelled)
    until(lambda: lines((one, other), task) and lines((one, other), cancelled), what="the lines")
    (line,) = lines((one, other), task)
    assert (line["outcome"], line["attempts"], line["upstream"], line["user"]) == ("completed", 1, "fake", "tess")
    assert line["tokens_out"] >= 0 and line["duration_ms"] > 0 and line["client"] == "127.0.0.1"
    (line,) = lines((one, other), cancelled)
    assert line["outcome"] == "client_disconnected" and line["error"] == "task_cancelled"


def test_operators_see_and_end_the_tasks_of_all_replicas_at_each(pair, provider, label):
    admin = {"keys": [{"id": "root", "sha256": hashlib.sha256(ADMIN.encode()).hexdigest()}]}
    listeners = [{"name": "public", "address": "127.0.0.1:0"},
                 {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}]
    one, other = pair(root={"listeners": listeners, "admin": admin})
    held = hold(one, provider, label)
    done = one.submit("echo")
    one.wait(done, "completed")

    def ask(tasks, request):
        return once(tasks.gateway.address("operators"), request)

    for tasks in (one, other):
        response = ask(tasks, get("/admin/tasks", key=ADMIN))
        assert response.status == 200, response.body
        listing = response.json()
        assert listing["total"] == 2 and {task["task_id"]: task["status"] for task in listing["data"]} == {
            held: "running", done: "completed"}
        assert listing["data"][0]["user"] == "tess"
    answer = ask(other, get(f"/admin/tasks/{held}", method="DELETE", key=ADMIN))
    assert answer.status == 200 and answer.json() == {"task_id": held, "status": "cancelled"}
    provider.call(label, "left")
    one.wait(held, "cancelled")
