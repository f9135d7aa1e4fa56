import { join } from 'node:path'

export const version = 'this one'
export const install = {}
export async function drive(site) {
  site.paste('customersource.toml', (text) => `[server]
listen = "127.0.0.1:${site.port}"
public_url = "${site.url}"
[database]
url = "sqlite:${site.folder}/portal.db"
[outbound]
allow = ["localhost"]
${text}`)
  const portal = join(process.env.TEST_BIN_DIR, 'customersource')
  site.runs(portal, 'migrate', '--config', 'customersource.toml')
  await site.start(portal, ['serve', '--config', 'customersource.toml'])
  await site.signsIn('/signin')
  await site.person.goes(`${site.issuer}/account/sessions`)
  await site.person.presses('#sign-out-everywhere')
  await site.person.until('the portal has forgotten the person', async () => {
    await site.person.goes(`${site.url}/`)
    return !(await site.person.reads()).includes('maria@example.test')
  })
  site.saw('back-channel')
}
