export const version = '0.1.2'
export const install = { npm: ['passport-openidconnect@0.1.2', 'passport@0.7.0', 'express@5.2.1', 'express-session@1.19.0'] }
export async function drive(site) {
  site.paste('app.mjs')
  await site.startsNode('app.mjs')
  await site.signsIn('/login')
  await site.signsOut('/logout')
}
