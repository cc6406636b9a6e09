"""Everybody's tasks, as operators see and cancel them."""

import http.client

import pytest

from configuration import echo, model
from operators import LISTENERS, Operators
from panel import approving_from, panel
from tasks import Tasks
from test_tasks import with_keys

OPTIONS = with_keys(panel(melchior=approving_from(3), casper=approving_from(3)), listeners=LISTENERS)
OPTIONS["upstreams"] |= {"endless": echo(gap_ms=500)}
OPTIONS["models"] += [model("endless", "endless")]


@pytest.fixture(scope="module")
def served(gateway_with):
    gateway = gateway_with(workers=2, **OPTIONS)
    yield gateway
    gateway.assert_healthy()


@pytest.fixture
def operators(served):
    return Operators(served)


def test_tasks_of_all_users_are_listed_newest_first(served, operators):
    tasks = Tasks(served)
    first = tasks.submit()
    tasks.wait(first, "completed")
    second = tasks.submit("endless", "word " * 100)
    listing = operators.read("/admin/tasks")
    found = {task["task_id"]: task for task in listing["data"]}
    assert listing["total"] == len(found) >= 2
    assert [task["created"] for task in listing["data"]] == sorted((task["created"] for task in found.values()), reverse=True)
    assert found[first].items() >= {
        "status": "completed", "model": "code", "user": "tess", "team": "qa", "key": "tester", "link": False,
        "progress": {"stage": "reviewing", "iteration": 3, "max_iterations": 3}, "error": None}.items()
    assert found[second]["status"] in ("queued", "running") and found[second]["model"] == "endless"
    tasks.cancel(second)


def test_an_operator_cancels_anybodys_task(served, operators):
    tasks = Tasks(served)
    task = tasks.submit("endless", "word " * 100)
    tasks.wait(task, "running")
    answer = operators.call(f"/admin/tasks/{task}", "DELETE")
    assert answer.status == 200 and answer.json() == {"task_id": task, "status": "cancelled"}
    assert tasks.status(task)["error"]["code"] == "task_cancelled"
    assert tasks.events(task)[-1][1] == "error"
    listed = {found["task_id"]: found for found in operators.read("/admin/tasks")["data"]}
    assert listed[task]["status"] == "cancelled" and listed[task]["error"]["code"] == "task_cancelled"
    assert operators.call(f"/admin/tasks/{task}", "DELETE").json()["status"] == "cancelled", "a second time changes nothing"


def test_who_is_no_operator_may_not(served):
    task = Tasks(served).submit("endless", "word")
    for headers in ({"origin": "http://elsewhere.example"}, {"host": "elsewhere.example"}):
        connection = http.client.HTTPConnection(*served.address("operators"), timeout=10)
        connection.request("DELETE", f"/admin/tasks/{task}", headers=headers)
        assert connection.getresponse().status == 403
        connection.close()


@pytest.mark.parametrize("name", ["00000000-0000-4000-8000-000000000000", "nonsense"])
def test_a_task_that_is_not_there_is_told(operators, name):
    answer = operators.call(f"/admin/tasks/{name}", "DELETE")
    assert answer.status == 404 and answer.json()["error"]["code"] == "task_not_found"
