#!/usr/bin/env bash
# OpenID Connect Front-Channel Logout shows a page of the site in a frame of the provider. What that page can clear
# in Chromium when both are different sites is not what its headers say:
#   `Set-Cookie: session=; Max-Age=0; SameSite=Lax`  the cookie stays, and Back shows the site's last page, though it
#                                                    was sent with `no-store`, without asking the server;
#   `Clear-Site-Data: "cookies"`                     the first-party cookie stays, too, but the kept page goes;
#   `Clear-Site-Data: "cache"`                       the same: the cookie stays, the kept page goes.
# Expected: "cookies" removes the cookies, "cache" touches no page in memory. So a site ends its session in its own
# rows, never by the cookie, and `Clear-Site-Data: "cache"` is what makes Back ask again, without any script.
#
# Measured with Chromium 156.0.8078.108 of Debian 12 and playwright-core 1.56.1, third-party cookies at their default:
#   nothing                          cookie stays: true  kept by the browser: true
#   Set-Cookie, Max-Age=0            cookie stays: true  kept by the browser: true
#   Clear-Site-Data: "cookies"       cookie stays: true  kept by the browser: false
#   Clear-Site-Data: "cache"         cookie stays: true  kept by the browser: false
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
const farewells = {
  '/nothing': {},
  '/set-cookie': { 'set-cookie': 'session=; Max-Age=0; HttpOnly; SameSite=Lax; Path=/' },
  '/cookies': { 'clear-site-data': '"cookies"' },
  '/cache': { 'clear-site-data': '"cache"' },
};
let framed = 0;
const site = await listen((request, answer) => {
  const html = (text, headers = {}) => {
    answer.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store', ...headers });
    answer.end(text);
  };
  if (request.url === '/sign-in') {
    return html('<title>in</title>', { 'set-cookie': 'session=1; HttpOnly; SameSite=Lax; Path=/' });
  }
  if (request.url === '/profile') {
    return html('<title>profile</title><body><script>addEventListener("pageshow", (event) => {' +
      ' document.body.dataset.kept = event.persisted })</script>');
  }
  if (request.url in farewells) {
    framed += 1;
    return html('signed out', farewells[request.url]);
  }
  answer.writeHead(404).end();
});
const ours = `http://localhost:${site.address().port}`;
const provider = await listen((request, answer) => {
  answer.writeHead(200, { 'content-type': 'text/html' });
  answer.end(`<title>signed out</title><iframe src="${ours}${request.url}"></iframe>`);
});
const theirs = `http://127.0.0.1:${provider.address().port}`;
const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
});
console.log(`Chromium ${browser.version()}`);

async function signOut(name, farewell, expected) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(`${ours}/sign-in`);
  await tab.goto(`${ours}/profile`);
  framed = 0;
  await tab.goto(`${theirs}${farewell}`);
  await tab.goBack({ waitUntil: 'commit' });
  await tab.waitForFunction(() => document.title === 'profile' && document.body.dataset.kept !== undefined);
  const kept = await tab.evaluate(() => document.body.dataset.kept === 'true');
  const stays = (await context.cookies(ours)).some((cookie) => cookie.name === 'session');
  console.log(`${name.padEnd(33)}cookie stays: ${stays}  kept by the browser: ${kept}`);
  await context.close();
  if (framed !== 1 || !stays || kept !== expected) process.exitCode = 1;
}
await signOut('nothing', '/nothing', true);
await signOut('Set-Cookie, Max-Age=0', '/set-cookie', true);
await signOut('Clear-Site-Data: "cookies"', '/cookies', false);
await signOut('Clear-Site-Data: "cache"', '/cache', false);
await browser.close();
site.close();
provider.close();
JS
timeout 120 node look.mjs "$chromium"
