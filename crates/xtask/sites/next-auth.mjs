export const version = '4.24.15'
export const install = { npm: ['next-auth@4.24.15', 'next@15.5.7', 'react@19.2.1', 'react-dom@19.2.1'] }
export async function drive(site) {
  site.paste('pages/api/auth/[...nextauth].js')
  site.write('package.json', '{"private":true}')
  site.write('next.config.mjs', `export default { outputFileTracingRoot: ${JSON.stringify(site.folder)} }`)
  site.write('pages/index.js', 'export default function Home() { return "home" }\n')
  site.findsModules()
  await site.start(process.execPath, ['node_modules/next/dist/bin/next', 'dev', '-p', String(site.port), '-H', '127.0.0.1'],
    { NEXT_TELEMETRY_DISABLED: '1' })
  await site.person.goes(`${site.url}/api/auth/signin`)
  await site.person.presses('button')
  await site.person.signsIn('maria@example.test', 'correct horse battery staple')
  await site.seesAtSite('sign-in', /Maria Silva/, '/api/auth/session')
}
