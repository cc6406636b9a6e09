"""Tasks as the API page has them, scripted, behind the pages of a real gateway: for the tests of the result page."""

import http.client
import http.server
import json
import threading
import time
import uuid

FIRST = '''def mean(values):
    """The mean of a list."""
    total = 0
    for value in values:
        total += value
    return total / len(values)
'''
SECOND = '''def mean(values):
    """The mean of a list; None for an empty one."""
    if not values:
        return None
    total = 0
    for value in values:
        total += value
    return total / len(values)
'''
THIRD = '''from math import fsum


def mean(values):
    """The mean of a list; None for an empty one."""
    if not values:
        return None
    return fsum(values) / len(values)
'''
CODES = [FIRST, SECOND, THIRD]
VOTES = [
    [("melchior", "NEGATIVE", "An empty list divides by zero."), ("balthasar", "NEGATIVE", "ZeroDivisionError reaches "
     "the caller."), ("casper", "POSITIVE", "Clear and short.")],
    [("melchior", "POSITIVE", "The empty list is handled."), ("balthasar", "NEGATIVE", "The sum of many floats drifts; "
     "math.fsum would not."), ("casper", "NEGATIVE", "The loop says no more than sum does.")],
    [("melchior", "POSITIVE", "Right for all lists of numbers."), ("balthasar", "ABSTAINED", "The reviewer failed: it "
     "sent nothing within 60 s."), ("casper", "POSITIVE", "As short as can be.")],
]


def magi_events(codes=CODES, votes=VOTES, language="python"):
    """The events of a task that is rejected until the last of `codes`."""
    events = []
    for number, (code, panel) in enumerate(zip(codes, votes), 1):
        stage = {"iteration": number, "max_iterations": 3}
        events.append(("stage", {"stage": "coding", **stage, "model": "coder"}))
        events.append(("code", {"iteration": number, "model": "coder", "language": language, "code": code,
                                "truncated": False}))
        events.append(("stage", {"stage": "reviewing", **stage}))
        reviews = [{"reviewer": name, "decision": decision, "reason": reason} for name, decision, reason in panel]
        events += [("review", {"iteration": number, **review}) for review in reviews]
        count = {kind: sum(review["decision"] == kind for review in reviews) for kind in
                 ("POSITIVE", "NEGATIVE", "ABSTAINED")}
        events.append(("decision", {"iteration": number, "approved": count["NEGATIVE"] < 2,
                                    "positive": count["POSITIVE"], "negative": count["NEGATIVE"],
                                    "abstained": count["ABSTAINED"]}))
    events.append(("completed", {"approved": events[-1][1]["approved"], "iterations": len(codes),
                                 "feedbacks": reviews, "final_code": codes[-1]}))
    return events


class Task:
    """One task. Its events are told up to `allowed`; a connection is cut after each number in `cuts`, and while
    `refuses` none is made anew."""

    def __init__(self, events, allowed=None, cuts=(), key=None, refuses=False):
        self.id = str(uuid.uuid4())
        self.events = list(events)
        self.allowed = len(self.events) if allowed is None else allowed
        self.cuts = list(cuts)
        self.key = key
        self.refuses = refuses
        self.created = time.time()
        self.resumed_after = []
        self.changed = threading.Condition()

    @property
    def is_done(self):
        return self.allowed == len(self.events)

    def allow(self, count=None):
        """Lets so many of its events out; all without a number."""
        with self.changed:
            self.allowed = len(self.events) if count is None else count
            self.changed.notify_all()

    def end(self, name, data):
        """Ends it now, in another way than it was to."""
        with self.changed:
            self.events[self.allowed:] = [(name, data)]
            self.allowed = len(self.events)
            self.changed.notify_all()


class TaskServer:
    """Serves tasks, and by way of the gateway everything else."""

    def __init__(self, gateway_address):
        self.tasks = {}
        self.gateway_address = gateway_address
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"owner": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, *arguments, **options):
        task = Task(*arguments, **options)
        self.tasks[task.id] = task
        return task

    def page(self, task):
        return f"{self.url}/results/{task.id}"

    def stop(self):
        for task in self.tasks.values():
            task.cuts = [0]
            task.allow()
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    owner = None

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        if self.path.startswith(("/v1/results/", "/v1/status/", "/v1/tasks/")):
            self.answer_task(self.owner.tasks.get(self.path.rsplit("/", 1)[1]))
        else:
            self.forward()

    do_DELETE = do_GET

    def answer_task(self, task):
        if task is None:
            return self.tell(404, error("There is no such task.", "task_not_found"))
        if task.key and self.headers.get("authorization") != f"Bearer {task.key}":
            return self.tell(401, error("You didn't provide an API key.", "invalid_api_key"))
        if self.command == "DELETE":
            self.tell(200, {"task_id": task.id, "status": "cancelled"})
            return task.end("error", {"message": "The task was cancelled.", "code": "task_cancelled"})
        if self.path.startswith("/v1/status/"):
            status = "completed" if task.is_done else "running"
            return self.tell(200, {"task_id": task.id, "status": status, "model": "magi", "created": task.created,
                                   "updated": task.created + 71})
        self.stream(task)

    def stream(self, task):
        if task.refuses and task.resumed_after:
            return self.tell(503, error("Busy.", "server_is_overloaded"))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.end_headers()
        after = self.headers.get("last-event-id")
        task.resumed_after.append(after)
        place = int(after) + 1 if after else 0
        cut = task.cuts.pop(0) if task.cuts else None
        while place < len(task.events):
            with task.changed:
                task.changed.wait_for(lambda: place < task.allowed)
            if cut is not None and place >= cut:
                # In the middle of an event: what has come of it must not count.
                self.wfile.write(f"id: {place}\nevent: code\ndata: {{".encode())
                return
            name, data = task.events[place]
            place += 1
            self.wfile.write(f"id: {place - 1}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode())
            self.wfile.flush()

    def forward(self):
        connection = http.client.HTTPConnection(*self.owner.gateway_address)
        connection.request("GET", self.path, headers={"accept": self.headers.get("accept", "*/*")})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name not in ("date", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def tell(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def error(message, code):
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
