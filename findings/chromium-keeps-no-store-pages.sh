#!/usr/bin/env bash
# Chromium keeps a page sent with `Cache-Control: no-store` and shows it again at Back without asking the server,
# so that a person who was signed out elsewhere (by a server-to-server message, which touches no cookie) sees it.
# What ends it: any change of any cookie of that site meanwhile, HttpOnly or not, in whatever tab.
#
# Expected: `no-store` means that Back asks the server. Measured with Chromium 156.0.8078.108 of Debian 12 and
# playwright-core 1.56.1, which by default switches that cache off (hence `ignoreDefaultArgs`):
#   nothing changed                  kept by the browser: true   server asked again: false
#   an HttpOnly cookie was set       kept by the browser: false  server asked again: true
#   a cookie of another name was set kept by the browser: false  server asked again: true
# Consequence for a site: `pageshow` with `persisted` is the place to load again.
#
# Needs node, npm and Chromium (Debian: `apt-get install chromium`). Exits 1 when any line above is no longer so.
set -euo pipefail
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts playwright-core@1.56.1
cat > look.mjs <<'JS'
import http from 'node:http';
import { chromium } from 'playwright-core';

const listen = (answer) => new Promise((done) => {
  const server = http.createServer(answer);
  server.listen(0, '127.0.0.1', () => done(server));
});
let asked = 0;
const site = await listen((request, answer) => {
  const html = (text, headers = {}) => {
    answer.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store', ...headers });
    answer.end(text);
  };
  switch (request.url) {
    case '/sign-in': return html('<title>in</title>', { 'set-cookie': 'session=1; HttpOnly; SameSite=Lax; Path=/' });
    case '/again': return html('<title>in</title>', { 'set-cookie': 'session=2; HttpOnly; SameSite=Lax; Path=/' });
    case '/theme': return html('<title>theme</title>', { 'set-cookie': 'theme=dark; SameSite=Lax; Path=/' });
    case '/profile':
      asked += 1;
      return html('<title>profile</title><body><script>addEventListener("pageshow", (event) => {' +
        ' document.body.dataset.kept = event.persisted })</script>');
    default: answer.writeHead(404).end();
  }
});
const elsewhere = await listen((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<title>x</title>'));
const ours = `http://localhost:${site.address().port}`;
const theirs = `http://127.0.0.1:${elsewhere.address().port}`;
const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
});
console.log(`Chromium ${browser.version()}`);

async function back(name, touched, expected) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(`${ours}/sign-in`);
  await tab.goto(`${ours}/profile`);
  const before = asked;
  await tab.goto(`${theirs}/`);
  if (touched) {
    const other = await context.newPage();
    await other.goto(`${ours}${touched}`);
    await other.close();
  }
  await tab.goBack({ waitUntil: 'commit' });
  await tab.waitForFunction(() => document.title === 'profile' && document.body.dataset.kept !== undefined);
  const kept = await tab.evaluate(() => document.body.dataset.kept === 'true');
  const again = asked > before;
  console.log(`${name.padEnd(33)}kept by the browser: ${kept}  server asked again: ${again}`);
  await context.close();
  if (kept !== expected || again === expected) process.exitCode = 1;
}
await back('nothing changed', null, true);
await back('an HttpOnly cookie was set', '/again', false);
await back('a cookie of another name was set', '/theme', false);
await browser.close();
site.close();
elsewhere.close();
JS
timeout 120 node look.mjs "$chromium"
