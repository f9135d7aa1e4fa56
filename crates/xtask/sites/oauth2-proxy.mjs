import { once } from 'node:events'
import { createServer } from 'node:http'

export const version = '7.15.6'
export const install = { go: 'github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6' }
export async function drive(site) {
  // What stands behind it says who came, as it was told.
  const behind = createServer((req, res) => res.end(`behind: ${req.headers['x-forwarded-email']}`)).listen(0, '127.0.0.1')
  await once(behind, 'listening')
  const upstream = `http://127.0.0.1:${behind.address().port}/`
  site.paste('oauth2-proxy.cfg', (text) => text.replace('http://127.0.0.1:3000/', upstream))
  await site.starts('oauth2-proxy', '--config=oauth2-proxy.cfg', `--http-address=127.0.0.1:${site.port}`,
    '--cookie-secure=false', '--cookie-refresh=1s', '--skip-provider-button')
  await site.signsIn('/', { shows: 'behind: maria@example.test' })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await site.seesAtSite('refresh', /behind: maria@example.test/, '/again')
  behind.close()
}
