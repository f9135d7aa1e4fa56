import { gets, install, pasted, shows } from './kubelogin.mjs'

export const version = 'kubelogin 1.36.3'
export { install }
export async function drive(site) {
  const args = [...pasted(site), '--skip-open-browser']
  const claims = await gets(site, args, async (said) => {
    const [address] = await said(/http\S+\/device\S*/)
    await site.person.goes(address)
    await site.person.types('#username', 'maria@example.test')
    await site.person.types('#password', 'correct horse battery staple')
    await site.person.presses('#sign-in-submit')
    await site.person.presses('#device-approve')
  })
  shows(site, claims, 'sign-in')
  shows(site, await gets(site, [...args, '--force-refresh']), 'refresh')
}
