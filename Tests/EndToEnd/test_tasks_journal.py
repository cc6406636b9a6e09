"""Tasks that are kept over a restart: finished ones are there, those that waited are run, those that ran are honestly
failed or begun anew, none is lost."""

import json
import os
import re
import signal
import threading

import pytest

from configuration import configuration
from harness import Gateway, until
from panel import approving_from, panel
from tasks import ASYNC, Tasks
from test_tasks import GUARDS, SECRET
from wire import Wire, chat_body, get, post

JOURNAL = "data/tasks.journal"


class Host:
    """One machine: a directory with a configuration and a journal, on which gateways are started again and again."""

    def __init__(self, directory, provider):
        self.directory, self.provider = directory, provider
        self.running = []

    def start(self, policies=(), **settings):
        options = panel(melchior=approving_from(2), casper=approving_from(2)) | {
            "policies": list(policies), "bounds": {"drain_timeout_ms": 300}}
        tasks = {"journal": JOURNAL, "max_running": 4, "max_queued": 1_000, "max_per_user": 1_000, **settings}
        self.running.append(Gateway(
            self.directory, configuration(self.provider.base_url, **options, workers=2, root={"tasks": tasks})))
        return Tasks(self.running[-1])

    def kill(self):
        """As `kill -9` does it."""
        self.running.pop().kill()

    def end(self, number):
        """By a signal that ends it."""
        gateway = self.running.pop()
        gateway.signal(number)
        code = gateway.wait(15)
        assert code == (0 if number == signal.SIGTERM else -number), gateway.stderr.text[-4_000:]

    @property
    def journal(self):
        return self.directory / JOURNAL

    def records(self):
        return [json.loads(line) for line in self.journal.read_text().splitlines()]


@pytest.fixture
def host(provider, tmp_path):
    host = Host(tmp_path / "host", provider)
    yield host
    for gateway in host.running:
        gateway.stop()


def test_a_finished_task_is_the_same_after_kill_9(host):
    ours = host.start()
    panel_task, plain = ours.submit(), ours.submit("echo", "one two")
    for task in (panel_task, plain):
        ours.wait(task, "completed")
    before = [(ours.status(task), ours.events(task), ours.result(task).json()) for task in (panel_task, plain)]
    host.kill()
    ours = host.start()
    after = [(ours.status(task), ours.events(task), ours.result(task).json()) for task in (panel_task, plain)]
    assert after == before
    assert ours.events(panel_task, last=3) == before[0][1][4:]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_at_the_end_of_the_process_what_runs_is_failed_and_says_why_and_what_waits_is_run_by_the_next(host, label, end):
    ours = host.start(max_running=1)
    running = ours.submit("fake", x_provider={"id": label, "stall_after": 2})
    host.provider.call(label, "sending")
    seen = first_event(ours, running)
    waiting = ours.submit("fake", x_provider={"id": f"{label}-2", "events": 3}, temperature=0.25)
    created = ours.status(waiting)["created"]
    host.end(end)
    ours = host.start()
    status = ours.status(running)
    assert status["status"] == "failed" and status["error"]["code"] == "task_interrupted"
    events = ours.events(running)
    assert [name for _, name, _ in events] == (["error"] if end == signal.SIGKILL else ["text", "error"])
    assert events[-1][2] == {"error": status["error"]}
    assert ours.events(running, last=seen) == events[-1:], "who saw it run is told that it was lost"
    result = ours.result(running)
    assert result.status == 503 and result.error["code"] == "task_interrupted"
    assert ours.wait(waiting, "completed")["created"] == created
    assert [name for _, name, _ in ours.events(waiting)] == ["text"] * 3 + ["completed"]
    (call,) = host.provider.calls(f"{label}-2")
    assert json.loads(call["body"])["temperature"] == 0.25 and len(host.provider.calls(label)) == 1


def first_event(ours, task):
    """The id of the first event of a task that runs, once it is told."""
    with Wire(ours.gateway.address()) as wire:
        wire.send(get(f"/v1/results/{task}")).head()
        return int(re.search(rb"^id: (\d+)$", wire.chunk(), re.MULTILINE)[1])


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_what_runs_is_begun_anew_where_the_operator_wants_it_but_not_for_ever(host, label, end):
    ours = host.start(interrupted="rerun")
    task = ours.submit("fake", x_provider={"id": label, "by_call": [{"stall_after": 2}] * 2 + [{"events": 3}]})
    lost = ours.submit("fake", x_provider={"id": f"{label}-lost", "stall_after": 2})
    seen = first_event(ours, task)
    for calls in (1, 2):
        until(lambda: len(host.provider.calls(label)) == len(host.provider.calls(f"{label}-lost")) == calls, what="calls")
        host.end(end)
        ours = host.start(interrupted="rerun")
    ours.wait(task, "completed")
    anew = ours.events(task)
    assert [name for _, name, _ in anew] == ["stage"] + ["text"] * 3 + ["completed"]
    assert anew[0][2] == {"stage": "restarted", "run": 3} and ours.events(task, last=seen) == anew
    until(lambda: len(host.provider.calls(f"{label}-lost")) == 3, what="a third call")
    host.end(end)
    ours = host.start(interrupted="rerun")
    assert ours.status(lost)["error"]["code"] == "task_interrupted" and ours.status(task)["status"] == "completed"


def test_a_task_that_was_waiting_keeps_its_place_and_its_guards(host, label):
    ours = host.start(max_running=1, policies=GUARDS)
    ours.submit("fake", x_provider={"id": label, "stall_after": 1})
    host.provider.call(label, "sending")
    tasks = [ours.submit("fake", x_provider={"id": f"{label}-{n}", "words": [SECRET]}) for n in range(3)]
    host.kill()
    ours = host.start(max_running=1, policies=GUARDS)
    for task in tasks:
        ours.wait(task, "completed")
        assert SECRET not in json.dumps(ours.events(task)) and "[key]" in json.dumps(ours.events(task))
    times = [host.provider.call(f"{label}-{n}")["started"] for n in range(3)]
    assert times == sorted(times)


def test_a_task_that_runs_when_the_gateway_is_stopped_is_failed_and_says_why(host, label):
    ours = host.start()
    task = ours.submit("fake", x_provider={"id": label, "stall_after": 1})
    host.provider.call(label, "sending")
    host.end(signal.SIGTERM)
    assert host.start().status(task)["error"]["code"] == "task_interrupted"


def test_no_task_that_a_client_knows_of_is_lost_at_kill_9(host):
    ours = host.start()
    known, finished = [], []
    started = threading.Event()

    def submit():
        with Wire(ours.gateway.address()) as wire:
            try:
                while True:
                    known.append(wire.exchange(post(chat_body("code"), headers=ASYNC)).json()["id"])
                    if len(known) >= 20:
                        started.set()
            except (EOFError, OSError):
                return

    def finish():
        try:
            for place in range(10_000):
                if place < len(known) and ours.status(known[place])["status"] == "completed":
                    finished.append(known[place])
        except (EOFError, OSError):
            return

    threads = [threading.Thread(target=submit), threading.Thread(target=finish)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    host.kill()
    for thread in threads:
        thread.join()
    ours = host.start()
    unknown = [task for task in known if ours.call(get(f"/v1/status/{task}")).status != 200]
    assert unknown == []
    until(lambda: not {"queued", "running"} & {ours.status(task)["status"] for task in known}, 30, "the end of all")
    states = {task: ours.status(task) for task in known}
    assert {status["status"] for status in states.values()} <= {"completed", "failed"}
    assert all(states[task]["status"] == "completed" for task in finished)
    for status in states.values():
        assert status["error"] is None or status["error"]["code"] == "task_interrupted"
    ends = [record["id"] for record in host.records() if record["record"] == "end"]
    assert len(ends) == len(set(ends)) and set(known) <= set(ends)


def test_a_record_that_was_cut_in_the_middle_is_passed_over(host):
    ours = host.start()
    task = ours.submit("echo")
    ours.wait(task, "completed")
    host.kill()
    with host.journal.open("ab") as file:
        file.write(b'{"record":"task","id":"00000000-0000-4000-8000-000000000000","mod')
    ours = host.start()
    assert ours.result(task).status == 200
    other = ours.submit("echo")
    ours.wait(other, "completed")
    host.kill()
    ours = host.start()
    assert [ours.status(name)["status"] for name in (task, other)] == ["completed"] * 2


def test_a_start_leaves_out_what_is_too_old_and_nobody_else_may_read_the_rest(host):
    ours = host.start(retention_seconds=1)
    task = ours.submit("echo")
    ours.wait(task, "completed")
    host.kill()
    text = re.sub(r'"updated":\d+', '"updated":1', host.journal.read_text())
    host.journal.write_text(text)
    host.start(retention_seconds=1)
    assert host.records() == [] and os.stat(host.journal).st_mode & 0o077 == 0


def test_the_journal_is_made_smaller_while_the_gateway_runs_and_no_living_result_is_lost(host):
    ours = host.start(retention_seconds=3)
    texts = [f"{n} " + "x" * 30_000 for n in range(60)]
    old = [ours.submit("echo", text) for text in texts]
    for task in old:
        ours.wait(task, "completed")
    size = host.journal.stat().st_size
    assert size > 1 << 21
    waiting = ours.submit("echo-late", "young")

    def smaller():
        ours.call(get(f"/v1/status/{waiting}"))
        return host.journal.stat().st_size < size / 2

    until(smaller, what="a smaller file")
    young = [ours.submit("echo", text) for text in texts[:5]]
    for task in young:
        ours.wait(task, "completed")
    host.kill()
    assert not host.journal.with_name("tasks.journal.new").exists()
    ours = host.start(retention_seconds=60)
    assert [ours.status(task)["status"] for task in young] == ["completed"] * 5
    assert texts[0] in ours.result(young[0]).json()["choices"][0]["message"]["content"]
    results = {json.loads(line)["id"] for line in host.journal.read_text().splitlines() if len(line) > 30_000}
    # Of the old those may have stayed that were not yet dead when it was made smaller.
    assert not set(old) <= results and set(young) <= results


def test_two_gateways_do_not_write_one_journal(host):
    host.start()
    with pytest.raises(RuntimeError, match="cannot lock the journal of tasks"):
        host.start()
    host.running[-1].assert_healthy()
