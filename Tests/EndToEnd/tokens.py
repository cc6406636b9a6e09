"""Signing keys, tokens and a server of key sets, as an identity provider has them; made by PyJWT and cryptography."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ISSUER = "https://id.example.com/"
AUDIENCE = "gateway"


class SigningKey:
    """A pair of keys with an id."""

    def __init__(self, algorithm, name):
        self.algorithm, self.name = algorithm, name
        if algorithm == "RS256":
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self):
        """The public half as a JWK."""
        form = jwt.algorithms.RSAAlgorithm if self.algorithm == "RS256" else jwt.algorithms.ECAlgorithm
        return form.to_jwk(self.private.public_key(), as_dict=True) | {
            "kid": self.name, "use": "sig", "alg": self.algorithm}

    def token(self, **changes):
        return token(self.private, self.algorithm, self.name, **changes)


def token(key, algorithm, name=None, **changes):
    """A token of `tess` that is valid for a minute. A claim that is None is left out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "tess", "iat": now, "exp": now + 60} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm, headers={"kid": name} if name else None)


def key_set(*keys):
    return json.dumps({"keys": [key.jwk for key in keys]})


class KeyServer:
    """Serves `body` with `status` at any path, and counts how often."""

    def __init__(self, body="", status=200):
        self.body, self.status, self.fetches = body, status, 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.fetches += 1
                body = owner.body.encode()
                self.send_response(owner.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/realm/jwks.json"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
