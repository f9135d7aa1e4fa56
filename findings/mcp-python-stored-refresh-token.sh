#!/usr/bin/env bash
# The MCP SDK for Python keeps what the token endpoint answered in the application's storage, and reads it again when the
# program is begun anew. When the access token is refused then, it does not use the refresh token that it stored beside
# it, but begins the whole authorization again, with a browser and a person.
#
# Expected: a refused access token (401) is renewed by the stored refresh token (RFC 6749 §6). Measured with mcp 2.3.0
# on Python 3.11, a resource and an authorization server of this script on 127.0.0.1:
#   same process, access token over:   POST /token refresh_token, then the call with the new one
#   new process, stored tokens:        GET /mcp with the old one (401), discovery, then the browser is opened
#   of the stored refresh token        0 uses
# Why: `expires_in` is stored as it came, without the time at which it came, so stored tokens count as good for ever; and
# a 401 leads to discovery and the authorization code alone.
# Consequence: whoever starts such a program after the access token's hour needs a person and a browser, however long
# refresh tokens live.
#
# Needs python3 with venv. Exits 1 when any line above is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mcp==2.3.0
cat > look.py <<'PY'
import asyncio, importlib.metadata, json, logging, sys, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
import mcp.client.auth.oauth2 as sdk

http = getattr(sdk, "httpx2", None) or sdk.httpx
logging.disable()
seen = []


class Here(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=None, headers=()):
        text = json.dumps(body or {}).encode()
        self.send_response(status)
        for name, value in [("content-type", "application/json"), ("content-length", str(len(text))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        if self.path == "/mcp":
            token = self.headers.get("authorization", "")
            seen.append(f"GET /mcp {token}")
            if token == "Bearer new":
                return self.answer(200)
            where = f'Bearer resource_metadata="{base}/.well-known/oauth-protected-resource/mcp"'
            return self.answer(401, headers=[("www-authenticate", where)])
        if self.path.startswith("/.well-known/oauth-protected-resource"):
            return self.answer(200, {"resource": f"{base}/mcp", "authorization_servers": [base]})
        if self.path.startswith("/.well-known/"):
            seen.append("discovery")
            return self.answer(200, {
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_methods_supported": ["none"],
            })
        self.answer(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        asked = dict(urllib.parse.parse_qsl(body))
        seen.append(f"POST {self.path} {asked.get('grant_type')}")
        self.answer(200, {"access_token": "new", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "second"})


server = ThreadingHTTPServer(("127.0.0.1", 0), Here)
base = f"http://127.0.0.1:{server.server_address[1]}"
threading.Thread(target=server.serve_forever, daemon=True).start()


class Opened(Exception):
    pass


class Stored:
    """What a program left when it ended: tokens of an hour that is over."""

    async def get_tokens(self):
        return OAuthToken(access_token="old", token_type="Bearer", expires_in=3600, refresh_token="first")

    async def set_tokens(self, tokens):
        pass

    async def get_client_info(self):
        return OAuthClientInformationFull(
            client_id="agent", redirect_uris=["http://127.0.0.1:9/callback"], token_endpoint_auth_method="none",
            issuer=base)

    async def set_client_info(self, info):
        pass


async def browser(_):
    seen.append("browser")
    raise Opened


async def never():
    raise Opened


def provider():
    metadata = OAuthClientMetadata(client_name="agent", redirect_uris=["http://127.0.0.1:9/callback"],
                                   grant_types=["authorization_code", "refresh_token"],
                                   token_endpoint_auth_method="none")
    return OAuthClientProvider(server_url=f"{base}/mcp", client_metadata=metadata, storage=Stored(),
                               redirect_handler=browser, callback_handler=never)


async def call(auth):
    seen.clear()
    try:
        async with http.AsyncClient(auth=auth) as client:
            await client.get(f"{base}/mcp")
    except Opened:
        pass
    return list(seen)


async def main():
    print(f"mcp {importlib.metadata.version('mcp')}")
    # As the SDK has it in the process that got the tokens, an hour later.
    same = provider()
    await same._initialize()
    same.context.token_expiry_time = 1.0
    same_process = await call(same)
    new_process = await call(provider())
    uses = sum("refresh_token" in line for line in new_process)
    print("same process, access token over:  ", same_process)
    print("new process, stored tokens:       ", new_process)
    print("of the stored refresh token       ", uses, "uses")
    expected_same = same_process == ["POST /token refresh_token", "GET /mcp Bearer new"]
    expected_new = new_process[:1] == ["GET /mcp Bearer old"] and new_process[-1:] == ["browser"] and uses == 0
    sys.exit(0 if expected_same and expected_new else 1)


asyncio.run(main())
PY
venv/bin/python look.py
