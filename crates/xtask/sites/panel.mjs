export const version = '1.9.4'
export const install = { pip: ['panel==1.9.4'] }
export async function drive(site) {
  site.write('app.py', 'import panel as pn\npn.extension()\npn.pane.Str("in").servable(title=pn.state.user_info["email"])\n')
  site.paste('serve.sh', (text) => text.replace('panel serve app.py', `exec panel serve app.py --index=app --port=${site.port} --address=127.0.0.1 --allow-websocket-origin=127.0.0.1:${site.port}`))
  await site.start('sh', ['serve.sh'], { PATH: `${site.installed}/venv/bin:${process.env.PATH}` })
  await site.signsIn('/app')
}
