export const version = '6.9.0'
export const install = { npm: ['openid-client@6.9.0', 'express@5.2.1', 'express-session@1.19.0'] }
export async function drive(site) {
  site.paste('app.mjs')
  await site.startsNode('app.mjs')
  await site.signsIn('/login')
  await site.seesAtSite('refresh', /"renewed": ?true/, '/renew')
  await site.signsOut('/logout')
}
