export const version = '1.8.1'
export const install = { npm: ['@hono/oidc-auth@1.8.1', 'hono@4.10.0', '@hono/node-server@1.19.0'] }
export async function drive(site) {
  site.paste('.env')
  site.write('app.mjs', `
process.loadEnvFile('.env')
const { Hono } = await import('hono')
const { serve } = await import('@hono/node-server')
const { getAuth, oidcAuthMiddleware, processOAuthCallback } = await import('@hono/oidc-auth')
const app = new Hono()
app.get('/callback', (c) => processOAuthCallback(c))
app.get('/up', (c) => c.text('up'))
app.use('*', oidcAuthMiddleware())
app.get('/', async (c) => c.json(await getAuth(c)))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`)
  await site.startsNode('app.mjs')
  await site.signsIn('/')
}
