// A resource of FastMCP that the operator lists for anybody, and an agent that comes with nothing but its address.
export const settings = (site) => `
[registration]
mode = "open"
[resources]
list = [{ identifier = "${site.url}/mcp", name = "Orders", scopes = "orders.read", token_format = "jwt", who = "anybody" }]
`

// Starts the resource; it takes tokens for itself alone.
export async function serves(site, python) {
  site.write('server.py', `
import os
from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from fastmcp.server.dependencies import get_access_token

issuer, url = "${site.issuer}", "${site.url}"
verifier = JWTVerifier(jwks_uri=issuer + "/oauth2/jwks", issuer=issuer, audience=url + "/mcp", required_scopes=["orders.read"])
mcp = FastMCP("Orders", auth=RemoteAuthProvider(
    token_verifier=verifier, authorization_servers=[issuer], base_url=url, scopes_supported=["orders.read", "offline_access"]))

@mcp.tool
def orders() -> str:
    return "three orders, for " + get_access_token().claims["sub"]

mcp.run(transport="http", host="127.0.0.1", port=${site.port}, path="/mcp")
`)
  await site.start(python, ['server.py'])
}

// The person is sent to Passport by the agent, is warned, says yes, and the agent calls.
export async function signsIn(site, agent) {
  const { person } = site
  await person.goes(`${agent}/start`)
  await person.signsIn('maria@example.test', 'correct horse battery staple')
  if (!person.warned) throw new Error('nobody warned the person of an agent that nobody vouched for')
  await person.until('the answer of the tool', async () => /three orders/.test(await person.reads()))
  site.saw('sign-in')
  site.saw('tokens')
  await person.goes(`${agent}/renew`)
  await person.until('the answer after a refresh', async () => /refreshed: three orders/.test(await person.reads()))
  site.saw('refresh')
}

// An agent with the SDK for TypeScript: /start, /callback and /renew, each ending in a call of the tool.
export const agent = (own, resource) => `
import { createServer } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const own = '${own}'
let information, tokens, verifier, address
const provider = {
  redirectUrl: own + '/callback',
  clientMetadata: {
    client_name: 'Agent', redirect_uris: [own + '/callback'], token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  },
  clientInformation: () => information,
  saveClientInformation: (given) => { information = given },
  tokens: () => tokens,
  saveTokens: (given) => { tokens = given },
  redirectToAuthorization: (url) => { address = url },
  saveCodeVerifier: (given) => { verifier = given },
  codeVerifier: () => verifier,
}
const transport = () => new StreamableHTTPClientTransport(new URL('${resource}'), { authProvider: provider })
async function call() {
  const client = new Client({ name: 'Agent', version: '1' })
  await client.connect(transport())
  const answer = await client.callTool({ name: 'orders', arguments: {} })
  await client.close()
  return answer.content[0].text
}
createServer(async (request, response) => {
  const url = new URL(request.url, own)
  try {
    if (url.pathname === '/start') {
      await call().catch((error) => { if (!address) throw error })
      return response.writeHead(302, { location: String(address) }).end()
    }
    if (url.pathname === '/callback') {
      await transport().finishAuth(url.searchParams.get('code'))
      return response.end(await call())
    }
    if (url.pathname === '/renew') {
      const before = tokens.refresh_token
      tokens = { ...tokens, access_token: 'over' }
      const answer = await call()
      return response.end((tokens.refresh_token === before ? 'the same: ' : 'refreshed: ') + answer)
    }
    response.end('up')
  } catch (error) {
    response.writeHead(500).end(String(error.stack))
  }
}).listen(Number(new URL(own).port), 'localhost')
`
