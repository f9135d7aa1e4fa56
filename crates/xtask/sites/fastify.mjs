export const version = '8.3.0'
export const install = { npm: ['@fastify/oauth2@8.3.0', '@fastify/cookie@11.0.2', 'fastify@5.7.4'] }
export async function drive(site) {
  site.paste('app.mjs')
  await site.startsNode('app.mjs')
  await site.signsIn('/login')
}
