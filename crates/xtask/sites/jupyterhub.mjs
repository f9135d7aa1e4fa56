export const version = 'oauthenticator 17.4.0, JupyterHub 5.4.2'
export const install = { npm: ['configurable-http-proxy@5.0.1'], pip: ['jupyterhub==5.4.2', 'oauthenticator==17.4.0'] }
export async function drive(site) {
  const [hub, proxy] = [await site.freePort(), await site.freePort()]
  site.paste('jupyterhub_config.py', (text) => `${text}
from jupyterhub.spawner import SimpleLocalProcessSpawner
c.JupyterHub.bind_url = "http://127.0.0.1:${site.port}"
c.JupyterHub.hub_port = ${hub}
c.ConfigurableHTTPProxy.command = ["${process.execPath}", "${site.installed}/node_modules/configurable-http-proxy/bin/configurable-http-proxy"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${proxy}"
c.JupyterHub.spawner_class = SimpleLocalProcessSpawner
c.JupyterHub.default_url = "/hub/token"
`)
  await site.startsPython('-m', 'jupyterhub', '-f', 'jupyterhub_config.py')
  // Its proxy answers before the hub behind it does.
  await site.person.until('the hub', async () => {
    await site.person.goes(`${site.url}/hub/login?next=%2Fhub%2Ftoken`)
    return site.person.finds('a.btn')
  })
  await site.person.presses('a.btn')
  await site.person.signsIn('maria@example.test', 'correct horse battery staple')
  await site.seesAtSite('sign-in', /Request new API token/)
}
