// kubectl is asked by what was pasted for its user; its plugin is then run as kubectl would. Knows no grant.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const install = { go: 'github.com/int128/kubelogin@v1.36.3' }

// Pastes into a shell whose kubectl writes down what it is told, and gives the plugin's arguments.
export function pasted(site) {
  site.write('kubectl', '#!/bin/sh\nprintf "%s\\n" "$@" > kubectl.args\n')
  site.runs('chmod', '+x', 'kubectl')
  site.paste('user.sh')
  site.runs('sh', '-c', 'PATH=.:$PATH . ./user.sh')
  const args = readFileSync(`${site.folder}/kubectl.args`, 'utf8').split('\n').filter(Boolean)
  const given = args.filter((arg) => arg.startsWith('--exec-arg=')).map((arg) => arg.slice('--exec-arg='.length))
  return [...given.slice(given.indexOf('get-token')), `--token-cache-dir=${site.folder}/cache`]
}

// Runs the plugin; `meanwhile` sees what it says. Ends with the claims of the token that kubectl would send.
export async function gets(site, args, meanwhile) {
  const plugin = spawn(`${site.installed}/kubelogin`, args, { cwd: site.folder })
  let [out, said] = ['', '']
  plugin.stdout.on('data', (data) => { out += data })
  plugin.stderr.on('data', (data) => { said += data })
  const ended = new Promise((resolve) => { plugin.on('exit', resolve) })
  try {
    await meanwhile?.((pattern) => site.person.until(`${pattern} said by kubelogin: ${said}`, () => pattern.exec(said)))
  } catch (error) {
    plugin.kill()
    throw error
  }
  if (await ended) throw new Error(`kubelogin: ${said.slice(-300)}`)
  const token = JSON.parse(out).status.token
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
}

export function shows(site, claims, what) {
  if (claims.email !== 'maria@example.test' || claims.email_verified !== true) throw new Error(JSON.stringify(claims))
  site.saw(what)
}
