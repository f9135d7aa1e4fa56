export const version = '1.9.10'
export const install = { pip: ['authlib==1.9.10', 'flask==3.1.3', 'requests==2.33.0'] }
export async function drive(site) {
  site.paste('app.py')
  await site.startsPython('-m', 'flask', '--app', 'app', 'run', '--port', String(site.port))
  await site.signsIn('/login')
  await site.seesAtSite('refresh', /"renewed": ?true/, '/renew')
  await site.signsOut('/logout')
}
