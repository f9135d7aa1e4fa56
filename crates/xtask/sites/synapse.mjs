export const version = '1.163.2'
export const install = { pip: ['matrix-synapse[oidc]==1.163.2'] }
export async function drive(site) {
  site.python('-m', 'synapse.app.homeserver', '--server-name', '127.0.0.1', '--config-path', 'homeserver.yaml',
    '--generate-config', '--report-stats=no', '--data-directory', site.folder)
  site.write('listener.yaml', `public_baseurl: "${site.url}/"
listeners:
- port: ${site.port}
  bind_addresses: ["127.0.0.1"]
  type: http
  tls: false
  resources:
  - names: [client]
sso:
  client_whitelist: ["${site.url}/"]
ip_range_blacklist: []
`)
  site.paste('passport.yaml')
  await site.startsPython('-m', 'synapse.app.homeserver', '--config-path', 'homeserver.yaml',
    '--config-path', 'listener.yaml', '--config-path', 'passport.yaml')
  await site.person.goes(`${site.url}/_matrix/client/v3/login/sso/redirect/oidc-passport?redirectUrl=${encodeURIComponent(site.url)}/_matrix/client/versions`)
  await site.person.signsIn('maria@example.test', 'correct horse battery staple')
  // It hands the program a token to log in with.
  const token = await site.person.until('a login token', async () =>
    new URL(await site.person.address()).searchParams.get('loginToken'))
  const login = await fetch(`${site.url}/_matrix/client/v3/login`, {
    method: 'POST', body: JSON.stringify({ type: 'm.login.token', token }),
  })
  const { access_token: access } = await login.json()
  const who = () => fetch(`${site.url}/_matrix/client/v3/account/whoami`, { headers: { authorization: `Bearer ${access}` } })
  if ((await who()).status !== 200) throw new Error('its access token does not work')
  site.saw('sign-in')
  await site.person.goes(`${site.issuer}/account/sessions`)
  await site.person.presses('#sign-out-everywhere')
  await site.person.until('its access token has ended', async () => (await who()).status === 401)
  site.saw('back-channel')
}
