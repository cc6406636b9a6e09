"""A small provider of jobs for the tests of upstreams of kind `http_task`, in the tests' own process.

The body that submits a job says how it fares: `plan` is an object with

    steps      what each look is answered with, the last one for ever: a JSON value, or a status that refuses
    events     texts of the stream of events; behind them it stalls, or with `close` ends
    submit_ms  how long the submission takes
    refuse     {"status", "body"}: the submission is refused
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count


class Job:
    def __init__(self, name, body, headers):
        self.name = name
        self.body = body
        self.headers = headers
        self.plan = body.get("plan") or {"steps": [{"status": "done", "result": body["prompt"]}]}
        self.looks = 0
        self.cancelled = threading.Event()
        self.left = threading.Event()


class JobServer:
    def __init__(self):
        self.jobs = []
        jobs, names = self.jobs, count(1)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, value):
                body = json.dumps(value, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def job(self):
                return next(job for job in jobs if job.name == self.path.split("/")[2])

            def do_PUT(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                job = Job(f"job-{next(names)}", body, dict(self.headers))
                jobs.append(job)
                time.sleep(job.plan.get("submit_ms", 0) / 1000)
                if refuse := job.plan.get("refuse"):
                    return self.reply(refuse["status"], refuse["body"])
                self.reply(201, {"id": job.name, "status": "queued"})

            def do_GET(self):
                job = self.job()
                assert self.headers["authorization"] == job.headers["authorization"]
                if self.path.endswith("/events"):
                    return self.stream(job)
                step = job.plan["steps"][min(job.looks, len(job.plan["steps"]) - 1)]
                job.looks += 1
                self.reply(step, {}) if isinstance(step, int) else self.reply(200, step)

            def stream(self, job):
                self.close_connection = True
                if "events" not in job.plan:
                    return self.reply(404, {})
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                for event in job.plan["events"]:
                    self.wfile.write(event.encode())
                    self.wfile.flush()
                if not job.plan.get("close"):
                    self.rfile.read(1)
                    job.left.set()

            def do_DELETE(self):
                self.job().cancelled.set()
                self.reply(200, {})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"

    def named(self, prompt):
        """The job with this prompt, or None."""
        return next((job for job in self.jobs if job.body.get("prompt") == prompt), None)

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
