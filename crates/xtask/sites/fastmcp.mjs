import { agent } from './mcp.mjs'

// A resource that is a site of its own for agents, and passes their people on to Passport.
export const version = '4.2.3'
export const install = { npm: ['@modelcontextprotocol/sdk@1.32.2'], pip: ['fastmcp==4.2.3'] }

export async function drive(site) {
  site.paste('server.py', (text) => `${text}

from fastmcp.server.dependencies import get_access_token

@mcp.tool
def orders() -> str:
    return "three orders, for " + get_access_token().claims["sub"]

mcp.run(transport="http", host="127.0.0.1", port=${site.port}, path="/mcp")
`)
  await site.startsPython('server.py')
  const port = await site.freePort()
  const own = `http://localhost:${port}`
  site.write('agent.mjs', agent(own, `${site.url}/mcp`))
  await site.startsNode('agent.mjs', own)
  const { person } = site
  await person.goes(`${own}/start`)
  // FastMCP asks on its own page first.
  await person.until('a page of FastMCP or Passport', async () => {
    if (await person.finds('#username')) return true
    const yes = await person.finds('button[value="approve"], .btn-approve')
    if (yes) await person.runs('document.querySelector(\'button[value="approve"], .btn-approve\').click()')
    return false
  })
  await person.signsIn('maria@example.test', 'correct horse battery staple')
  await person.until('the answer of the tool', async () => /three orders/.test(await person.reads()))
  site.saw('sign-in')
  site.saw('tokens')
  await person.goes(`${own}/renew`)
  await person.until('the answer after a refresh', async () => /refreshed: three orders/.test(await person.reads()))
  site.saw('refresh')
}
