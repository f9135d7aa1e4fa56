export const version = '3.4.0'
export const install = { npm: ['express-openid-connect@3.4.0', 'express@4.22.1'] }
export async function drive(site) {
  site.paste('app.mjs')
  await site.startsNode('app.mjs')
  await site.signsIn('/login')
  await site.signsOut('/logout')
}
