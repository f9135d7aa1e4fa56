// Plugs each named site into a Passport of its own, as its owner would, and says in one JSON line what was seen.
import { spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Person } from './person.mjs'

const [EMAIL, PASSWORD] = ['maria@example.test', 'correct horse battery staple']
const { SITES_FOLDER: ROOT, TEST_BIN_DIR: BIN } = process.env
const children = []

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 600_000, maxBuffer: 64 << 20, ...options })
  if (done.status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${done.error ?? (done.stderr || done.stdout).slice(-600)}`)
  }
  return done.stdout
}

function start(program, args, folder, env) {
  const log = createWriteStream(join(folder, 'log'), { flags: 'a' })
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, detached: true })
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  child.on('error', (error) => log.write(`${error}\n`))
  children.push(child)
  return child
}

function end(child) {
  // Programs that start others have a group of their own.
  try { process.kill(-child.pid, 'SIGTERM') } catch { /* it ended by itself */ }
}

async function answers(url, child, folder) {
  for (const begun = Date.now(); Date.now() - begun < 60_000; await pause(100)) {
    if (child.exitCode !== null) break
    if (await fetch(url, { redirect: 'manual' }).catch(() => undefined)) return
  }
  throw new Error(`${url} does not answer: ${readFileSync(join(folder, 'log'), 'utf8').slice(-600)}`)
}

// Installs what a driver pins, once: a folder of packages for each world and set of versions.
function install({ npm, pip, go }, name) {
  const folder = join(ROOT, 'installed', name)
  const wanted = JSON.stringify({ npm, pip, go })
  const note = join(folder, 'wanted.json')
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const quiet = { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }
  if (npm) {
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...npm], quiet)
  }
  if (pip) {
    run('python3', ['-m', 'venv', 'venv'], quiet)
    run('venv/bin/pip', ['install', '--quiet', '--disable-pip-version-check', ...pip], quiet)
  }
  if (go) {
    const [module, version] = go.split('@')
    const major = version.split('.')[0].slice(1)
    const path = Number(major) > 1 ? module.replace(new RegExp(`/v${major}$`), '') : module
    writeFileSync(join(folder, 'go.mod'), `module installed\n\ngo 1.24\n\nrequire ${module} ${version}\n`)
    run('go', ['build', '-mod=mod', '-o', path.split('/').at(-1), module], quiet)
  }
  writeFileSync(note, wanted)
  return folder
}

class Site {
  works = []
  freePort = freePort

  async open(name, driver) {
    this.installed = install(driver.install, name)
    this.folder = join(ROOT, 'run', name)
    rmSync(this.folder, { recursive: true, force: true })
    mkdirSync(this.folder, { recursive: true })
    this.port = await freePort()
    this.url = `http://127.0.0.1:${this.port}`
    const port = await freePort()
    // Another host than the site's: cookies know no ports.
    this.issuer = `http://localhost:${port}`
    this.env = {
      PASSPORT__SERVER__PUBLIC_URL: this.issuer,
      PASSPORT__SERVER__LISTEN: `127.0.0.1:${port}`,
      PASSPORT__DATABASE__URL: `sqlite:${join(this.folder, 'passport.db')}`,
      PASSPORT__OUTBOUND__ALLOW: `127.0.0.1:${this.port},localhost:${this.port}`,
      PASSPORT__PASSKEYS__ENABLED: 'false',
    }
    if (driver.settings) {
      this.write('passport.toml', driver.settings(this))
      this.env.PASSPORT_CONFIG = join(this.folder, 'passport.toml')
    }
    this.passport('migrate')
    writeFileSync(join(this.folder, 'claims.json'), '{"name":"Maria Silva","email_verified":true}')
    this.passport('account', 'add', '--email', EMAIL, '--password-stdin', '--claims', 'claims.json')
    const serves = start(join(BIN, 'passport'), ['serve'], this.folder, this.env)
    await answers(`${this.issuer}/readyz`, serves, this.folder)
    this.person = await Person.open(this.issuer)
    if (driver.byItself) return
    const added = this.passport('client', 'add', '--for', name, '--url', this.url, '--json', ...(driver.add ?? []))
    this.added = JSON.parse(added)
  }

  passport(...args) {
    const env = { ...process.env, ...this.env }
    return run(join(BIN, 'passport'), args, { cwd: this.folder, env, input: `${PASSWORD}\n` })
  }

  // What was printed, to the letter, where the recipe says that it goes.
  paste(file, around = (text) => text) {
    mkdirSync(join(this.folder, file, '..'), { recursive: true })
    writeFileSync(join(this.folder, file), around(this.added.configuration.text) + '\n')
  }

  write(file, text) {
    mkdirSync(join(this.folder, file, '..'), { recursive: true })
    writeFileSync(join(this.folder, file), text)
  }

  append(file, text) { appendFileSync(join(this.folder, file), `\n${text}\n`) }

  // The site's own programs, as they were installed.
  starts(program, ...args) { return this.start(join(this.installed, program), args) }
  runs(program, ...args) { return run(program, args, { cwd: this.folder }) }
  python(...args) { return run(join(this.installed, 'venv/bin/python'), args, { cwd: this.folder }) }
  startsPython(...args) { return this.start(join(this.installed, 'venv/bin/python'), args) }
  startsPythonAt(url, ...args) { return this.start(join(this.installed, 'venv/bin/python'), args, {}, url) }
  startsNode(file, answersAt) {
    this.findsModules()
    return this.start(process.execPath, [file], {}, answersAt)
  }

  findsModules() {
    const modules = join(this.folder, 'node_modules')
    if (!existsSync(modules)) symlinkSync(join(this.installed, 'node_modules'), modules)
  }

  async start(program, args, env = {}, answersAt = this.url) {
    const child = start(program, args, this.folder, { PORT: String(this.port), ...env })
    await answers(answersAt, child, this.folder)
  }

  // Begins at a path of the site and ends where it shows who came.
  async signsIn(path, { shows = 'Maria Silva|maria@example.test', press } = {}) {
    await this.person.goes(this.url + path)
    if (press) await this.person.presses(press)
    await this.person.signsIn(EMAIL, PASSWORD)
    await this.seesAtSite('sign-in', new RegExp(shows))
  }

  async seesAtSite(what, pattern, path) {
    if (path) await this.person.goes(this.url + path)
    await this.person.until(`${pattern} at the site`, async () =>
      (await this.person.address()).startsWith(this.url) && pattern.test(await this.person.reads()))
    this.saw(what)
  }

  async signsOut(path) {
    await this.person.goes(this.url + path)
    await this.comesBackSignedOut()
  }

  async comesBackSignedOut() {
    await this.person.until('the way back after signing out', async () => {
      const ask = await this.person.finds('#logout-yes')
      if (ask) await this.person.presses('#logout-yes')
      return (await this.person.address()).startsWith(this.url)
    })
    if (await this.person.isSignedIn()) throw new Error('after signing out Passport still knows the person')
    this.saw('sign-out')
  }

  saw(what) { if (!this.works.includes(what)) this.works.push(what) }

  async close() {
    await this.person?.close().catch(() => {})
    children.splice(0).reverse().forEach(end)
  }
}

for (const name of process.argv.slice(2)) {
  const site = new Site()
  const begun = Date.now()
  const told = { name, date: new Date().toISOString().slice(0, 10) }
  try {
    const driver = await import(`./${name}.mjs`)
    Object.assign(told, { version: driver.version })
    await site.open(name, driver)
    await driver.drive(site)
  } catch (error) {
    told.failed = String(error.message ?? error).replaceAll(/\s+/g, ' ').slice(0, 900)
  }
  await site.close()
  console.log(JSON.stringify({ ...told, works: site.works, seconds: Math.round((Date.now() - begun) / 1000) }))
}
