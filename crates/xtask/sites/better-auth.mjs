export const version = '1.7.25'
export const install = { npm: ['better-auth@1.7.25', 'express@5.2.1'] }
export async function drive(site) {
  site.paste('auth.js')
  site.write('app.mjs', `
import express from 'express'
import { toNodeHandler, fromNodeHeaders } from 'better-auth/node'
import { auth } from './auth.js'
const app = express()
app.all('/api/auth/*splat', toNodeHandler(auth))
app.get('/', async (req, res) => res.json(await auth.api.getSession({ headers: fromNodeHeaders(req.headers) }) ?? {}))
app.get('/login', (req, res) => res.send(\`<button id="in">in</button><script>
document.querySelector('#in').onclick = async () => {
  const body = JSON.stringify({ provider: 'passport', callbackURL: '/' })
  const answer = await fetch('/api/auth/sign-in/social', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const told = await answer.json()
  if (told.url) location.href = told.url; else document.body.append(JSON.stringify(told))
}</script>\`))
app.listen(process.env.PORT)
`)
  await site.startsNode('app.mjs')
  await site.signsIn('/login', { press: '#in' })
}
