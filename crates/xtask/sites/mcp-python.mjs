import { serves, settings, signsIn } from './mcp.mjs'

export const version = 'mcp 2.3.0, fastmcp 4.2.3'
export const install = { pip: ['mcp==2.3.0', 'fastmcp==4.2.3'] }
export const byItself = true
export { settings }

export async function drive(site) {
  await serves(site, `${site.installed}/venv/bin/python`)
  const port = await site.freePort()
  site.write('agent.py', `
import asyncio, threading, traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from urllib.parse import parse_qs, urlparse

import httpx2
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

OWN = "http://localhost:${port}"
addresses, answers, results = Queue(), Queue(), Queue()

class Storage:
    tokens = information = None
    async def get_tokens(self): return self.tokens
    async def set_tokens(self, tokens): self.tokens = tokens
    async def get_client_info(self): return self.information
    async def set_client_info(self, information): self.information = information

storage = Storage()

async def redirect(address): addresses.put(address)
async def callback():
    query = await asyncio.to_thread(answers.get)
    one = lambda name: query.get(name, [None])[0]
    return AuthorizationCodeResult(code=one("code"), state=one("state"), iss=one("iss"))

provider = OAuthClientProvider("${site.url}/mcp", OAuthClientMetadata(
        client_name="Agent", redirect_uris=[OWN + "/callback"], token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"], response_types=["code"], scope="orders.read offline_access",
    ), storage, redirect, callback)

async def call(over=False):
    # One that began anew would not know where to refresh: the SDK keeps that with the provider alone.
    if over: provider.context.token_expiry_time = 1
    async with httpx2.AsyncClient(auth=provider, timeout=60) as client:
        async with streamable_http_client("${site.url}/mcp", http_client=client) as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                return (await session.call_tool("orders", {})).content[0].text

def work(over=False):
    try: results.put(asyncio.run(call(over)))
    except BaseException: results.put(traceback.format_exc())

class Handler(BaseHTTPRequestHandler):
    def say(self, text):
        self.send_response(200); self.end_headers(); self.wfile.write(text.encode())
    def do_GET(self):
        url = urlparse(self.path)
        if url.path == "/start":
            threading.Thread(target=work).start()
            self.send_response(302); self.send_header("location", addresses.get(timeout=30)); self.end_headers()
        elif url.path == "/callback":
            answers.put(parse_qs(url.query)); self.say(results.get(timeout=30))
        elif url.path == "/renew":
            before = storage.tokens.refresh_token
            work(over=True); text = results.get()
            self.say(("the same: " if storage.tokens.refresh_token == before else "refreshed: ") + text)
        else: self.say("up")
    def log_message(self, *args): pass

ThreadingHTTPServer(("127.0.0.1", ${port}), Handler).serve_forever()
`)
  await site.startsPythonAt(`http://127.0.0.1:${port}/`, 'agent.py')
  await signsIn(site, `http://localhost:${port}`)
}
