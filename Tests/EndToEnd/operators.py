"""What operators ask of a gateway: a configuration whose listener `operators` serves them, and calls of it."""

import http.client
import json

from harness import until

LISTENERS = [{"name": "public", "address": "127.0.0.1:0"},
             {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}]


class Answer:
    def __init__(self, answer):
        self.status, self.headers = answer.status, answer.headers
        self.body = answer.read()

    def json(self):
        return json.loads(self.body)


class Operators:
    """The operators' surface of one gateway, for a program on its machine."""

    def __init__(self, gateway):
        self.gateway = gateway

    def call(self, path, method="GET", body=None, headers=None):
        connection = http.client.HTTPConnection(*self.gateway.address("operators"), timeout=10)
        connection.request(method, path, body, headers or {})
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def read(self, path):
        answer = self.call(path)
        assert answer.status == 200, answer.body
        return answer.json()

    def requests(self, **wanted):
        """The requests under way that have these members."""
        return [request for request in self.read("/admin/requests")["data"] if wanted.items() <= request.items()]

    def request(self, **wanted):
        """The one request with these members, once it is there."""
        found = until(lambda: self.requests(**wanted), what=f"a request with {wanted}")
        assert len(found) == 1, found
        return found[0]

    def cancel(self, request):
        """Cancels a request; it was there."""
        answer = self.call(f"/admin/requests/{request['id']}", "DELETE")
        assert answer.status == 200 and answer.json() == {"id": request["id"], "cancelled": True}, answer.body
