import { serve } from './page.mjs'

export const version = '3.5.0'
export const install = { npm: ['oidc-client-ts@3.5.0'] }
export async function drive(site) {
  site.paste('passport.js')
  const server = await serve(site, {
    'oidc-client-ts': 'oidc-client-ts/dist/esm/oidc-client-ts.js', 'jwt-decode': 'jwt-decode/build/esm/index.js',
  }, `import { users } from '/own/passport.js'
    const user = await users.getUser()
    const show = (text) => { document.querySelector('#person').textContent = text }
    if (user) show(JSON.stringify(user.profile))
    document.querySelector('#in').onclick = () => users.signinRedirect()
    document.querySelector('#renew').onclick = async () => show('renewed ' + Boolean((await users.signinSilent()).refresh_token))
    document.querySelector('#out').onclick = () => users.signoutRedirect()`)
  await site.signsIn('/', { press: '#in' })
  await site.person.presses('#renew')
  await site.seesAtSite('refresh', /renewed true/)
  await site.person.presses('#out')
  await site.comesBackSignedOut()
  server.close()
}
