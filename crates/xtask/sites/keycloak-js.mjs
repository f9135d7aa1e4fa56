import { serve } from './page.mjs'

export const version = '26.2.4'
export const install = { npm: ['keycloak-js@26.2.4'] }
export async function drive(site) {
  site.paste('passport.js')
  const server = await serve(site, { 'keycloak-js': 'keycloak-js/lib/keycloak.js' }, `
    import { keycloak } from '/own/passport.js'
    const show = (text) => { document.querySelector('#person').textContent = text }
    if (keycloak.authenticated) show(JSON.stringify(keycloak.idTokenParsed))
    document.querySelector('#in').onclick = () => keycloak.login()
    document.querySelector('#out').onclick = () => keycloak.logout()`)
  await site.signsIn('/', { press: '#in' })
  await site.person.presses('#out')
  await site.comesBackSignedOut()
  server.close()
}
