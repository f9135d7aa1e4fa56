export const version = '@auth/express 0.12.3'
export const install = { npm: ['@auth/express@0.12.3', 'express@5.2.1'] }
export async function drive(site) {
  site.paste('app.mjs')
  await site.startsNode('app.mjs')
  await site.signsIn('/auth/signin', { press: 'form[action*="/signin/passport"] button' })
}
