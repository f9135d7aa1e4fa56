import { agent, serves, settings, signsIn } from './mcp.mjs'

export const version = '@modelcontextprotocol/sdk 1.32.2, fastmcp 4.2.3'
export const install = { npm: ['@modelcontextprotocol/sdk@1.32.2'], pip: ['fastmcp==4.2.3'] }
export const byItself = true
export { settings }

export async function drive(site) {
  await serves(site, `${site.installed}/venv/bin/python`)
  const own = `http://localhost:${await site.freePort()}`
  site.write('agent.mjs', agent(own, `${site.url}/mcp`))
  await site.startsNode('agent.mjs', own)
  await signsIn(site, own)
}
