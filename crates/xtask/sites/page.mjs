// A page in the browser with a library of npm: its modules are served as they were installed. Knows no library.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'

const KINDS = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json' }

// Serves `html` at every path, and below /modules/ what npm brought. `imports` maps names to files of packages.
export async function serve(site, imports, script) {
  const map = { imports: Object.fromEntries(Object.entries(imports).map(([name, file]) => [name, `/modules/${file}`])) }
  const html = `<!doctype html><title>Site</title><script type="importmap">${JSON.stringify(map)}</script>
<pre id="person"></pre><button id="in">in</button><button id="renew">renew</button><button id="out">out</button>
<script>for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, (event) => {
  document.body.append(' ' + kind + ': ' + (event.message ?? event.reason))
})</script>
<script type="module">${script}</script>`
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, site.url)
    if (pathname.startsWith('/own/')) return send(response, '.js', readFileSync(join(site.folder, pathname.slice(5))))
    if (!pathname.startsWith('/modules/')) return send(response, '.html', html)
    const file = normalize(pathname.slice('/modules/'.length))
    try {
      return send(response, file.slice(file.lastIndexOf('.')), readFileSync(join(site.installed, 'node_modules', file)))
    } catch {
      return response.writeHead(404).end()
    }
  })
  server.listen(site.port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function send(response, kind, body) {
  response.writeHead(200, { 'content-type': KINDS[kind] ?? 'text/html; charset=utf-8' }).end(body)
}
