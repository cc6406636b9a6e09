"""What the tests of tasks share: submitting them, and reading what they tell."""

import json

from harness import until
from panel import REQUEST
from wire import blocks, chat_body, get, once, post

ASYNC = ("prefer: respond-async",)
JSON = ("accept: application/json",)
SSE = ("accept: text/event-stream",)


def frames(body):
    """(id, event, data) of each event."""
    found = []
    for lines in blocks(body):
        fields = dict(line.split(": ", 1) for line in lines)
        assert list(fields) == ["id", "event", "data"], lines
        found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


class Tasks:
    """The tasks of one gateway."""

    def __init__(self, gateway):
        self.gateway = gateway

    def call(self, request):
        return once(self.gateway.address(), request)

    def submit(self, name="code", text=REQUEST, headers=ASYNC, **fields):
        """The id of a new task."""
        response = self.call(post(chat_body(name, text, **fields), headers=headers))
        assert response.status == 202, response.body
        return response.json()["id"]

    def status(self, task, **options):
        response = self.call(get(f"/v1/status/{task}", **options))
        assert response.status == 200, response.body
        return response.json()

    def wait(self, task, state):
        """The status, once the task has this state."""

        def found():
            status = self.status(task)
            assert status["status"] in (state, "queued", "running"), status
            return status if status["status"] == state else None

        return until(found, what=f"task {task} to be {state}")

    def events(self, task, last=None, **options):
        headers = SSE + (() if last is None else (f"last-event-id: {last}",))
        response = self.call(get(f"/v1/results/{task}", headers=headers, **options))
        assert response.status == 200 and response["content-type"] == "text/event-stream; charset=utf-8"
        return frames(response.body)

    def result(self, task, **options):
        return self.call(get(f"/v1/results/{task}", headers=JSON, **options))

    def cancel(self, task, **options):
        return self.call(get(f"/v1/tasks/{task}", method="DELETE", **options))
