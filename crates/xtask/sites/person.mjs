// A person with Chromium, over WebDriver: what they see, type and press. Knows no site.
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE = 30_000
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

export class Person {
  static async open(issuer) {
    const person = new Person()
    person.issuer = issuer
    const options = {
      binary: process.env.TEST_CHROMIUM,
      args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync', '--accept-lang=en-US'],
      prefs: { credentials_enable_service: false },
    }
    const asked = { browserName: 'chrome', acceptInsecureCerts: true, 'goog:chromeOptions': options }
    const made = await call('POST', '/session', { capabilities: { alwaysMatch: asked } })
    person.path = `/session/${made.sessionId}`
    return person
  }

  close() { return call('DELETE', this.path) }
  goes(url) { return call('POST', `${this.path}/url`, { url }) }
  address() { return call('GET', `${this.path}/url`) }
  reads() { return this.runs('return document.title + "\\n" + (document.body ? document.body.innerText : "")') }
  runs(script, ...args) { return call('POST', `${this.path}/execute/sync`, { script, args }) }

  async finds(css) {
    const found = await call('POST', `${this.path}/elements`, { using: 'css selector', value: css })
    return found[0]?.[ELEMENT]
  }

  async presses(css) {
    const id = await this.sees(css)
    await call('POST', `${this.path}/element/${id}/click`, {})
  }

  async types(css, text) {
    const id = await this.sees(css)
    await call('POST', `${this.path}/element/${id}/clear`, {})
    await call('POST', `${this.path}/element/${id}/value`, { text })
  }

  sees(css) { return this.until(`${css} is there`, () => this.finds(css)) }

  // Until it is true; what was seen instead is the failure.
  async until(what, holds) {
    const end = Date.now() + PATIENCE
    for (;;) {
      // A page that goes away while it is looked at is looked at again.
      const value = await Promise.resolve(holds()).catch(() => undefined)
      if (value) return value
      if (Date.now() > end) {
        const [address, text] = [await this.address().catch(String), await this.reads().catch(String)]
        throw new Error(`not seen: ${what}; at ${address}: ${text.slice(0, 300).replaceAll('\n', ' | ')}`)
      }
      await pause(50)
    }
  }

  // Signs in at Passport and says yes, as far as it asks, until the browser left for the site.
  async signsIn(email, password) {
    await this.types('#username', email)
    await this.types('#password', password)
    await this.presses('#sign-in-submit')
    await this.leavesPassport()
  }

  async leavesPassport() {
    await this.until('the way back to the site', async () => {
      if (!(await this.address()).startsWith(this.issuer)) return true
      this.warned ||= Boolean(await this.finds('#consent-agent'))
      const yes = await this.finds('#consent-approve')
      if (yes) await call('POST', `${this.path}/element/${yes}/click`, {})
      return false
    })
  }

  // Whether Passport knows the person in this browser.
  async isSignedIn() {
    await this.goes(`${this.issuer}/account/information`)
    return !(await this.finds('#password'))
  }
}

async function call(method, path, body) {
  const answer = await fetch(process.env.TEST_WEBDRIVER_URL + path, {
    method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body),
  })
  const { value } = await answer.json()
  if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`)
  return value
}
