import { gets, install, pasted, shows } from './kubelogin.mjs'

export const version = 'kubelogin 1.36.3'
export { install }
export async function drive(site) {
  const args = [...pasted(site), '--skip-open-browser']
  const claims = await gets(site, args, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await site.person.goes('http://localhost:8000/')
    await site.person.signsIn('maria@example.test', 'correct horse battery staple')
  })
  shows(site, claims, 'sign-in')
  shows(site, await gets(site, [...args, '--force-refresh']), 'refresh')
}
