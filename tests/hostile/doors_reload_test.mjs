// What a reload changes at the proxy door: for connections made from then on, and for no other.
//
//   node tests/hostile/doors_reload_test.mjs BIN_DIR
import assert from 'node:assert';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { makeAuthority } from '../support/proxy_client.mjs';
import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';
import { graph, openProxyOffice } from './proxy_office.mjs';

const cases = new Cases();
const { office, token, ask, echoPem, end } = await openProxyOffice({ bin: process.argv[2] });
const before = fs.readFileSync(office.configFile, 'utf8');

const told = (what) => office.gatewayLog().split(what).length - 1;
// A reload with these lines of [proxy]; `taken: false` where it must be refused.
async function reload(lines, { taken = true } = {}) {
  const what = taken ? 'configuration reloaded' : 'reload refused';
  const count = told(what);
  fs.writeFileSync(office.configFile, `${before}\n${lines}\n`);
  office.gateway.kill('SIGHUP');
  await until(what, () => told(what) > count);
}
const issuer = (secure) => secure.getPeerCertificate(true).issuerCertificate.subject.CN;
const shown = async (host, options) => {
  const secure = await office.workstation.tls(host, options);
  const name = issuer(secure);
  secure.destroy();
  return name;
};
// The status of CONNECT; nothing more is wanted of the tunnel.
const asked = async (authority, options) => {
  const { socket, status } = await office.workstation.connect(authority, options);
  socket.destroy();
  return status;
};
// Something through a connection that stands.
const echoes = (socket, text) => new Promise((resolve, reject) => {
  socket.once('error', reject);
  socket.once('data', (data) => resolve(String(data) === text));
  socket.write(text);
});
const opensEcho = async () => (await shown('echo.example')) === 'Office interception';

await cases.check('a host that is put on the list is opened from then on, its tunnels go on', async () => {
  const old = await office.workstation.tls('echo.example', { ca: echoPem });
  await reload('intercept = ["graph.microsoft.com", "*.sharepoint.com", "echo.example"]');
  assert.ok(await opensEcho());
  assert.ok(await echoes(old, 'still a tunnel'));
  old.destroy();
  assert.match((await office.workstation.raw('GET /proxy.pac HTTP/1.1\r\n\r\n')).text, /"echo\.example"/);
});

await cases.check('and is a tunnel again when it is taken off', async () => {
  await reload('');
  assert.equal(await shown('echo.example', { ca: echoPem }), 'echo.example');
});

await cases.check('a network that is taken out is refused, and its tunnels go on', async () => {
  const { socket } = await office.workstation.connect('plain.example:443');
  await reload('client_networks = ["127.0.0.99/32"]');
  assert.equal((await office.workstation.raw('GET /proxy.pac HTTP/1.1\r\n\r\n')).text, '');
  assert.equal(await asked('plain.example:443', { from: '127.0.0.99' }), 200);
  socket.resume();
  assert.ok(await echoes(socket, 'still there'));
  socket.destroy();
});

await cases.check('users are asked for from then on, and no longer when the list has gone', async () => {
  const digest = crypto.createHmac('sha512', 'pass-word').update('kerros/1/proxy-user\0aino').digest('hex').slice(0, 64);
  const users = path.join(office.home, 'secrets', 'proxy-users');
  fs.writeFileSync(users, `aino:${digest}\n`, { mode: 0o600 });
  await reload('users_file = "secrets/proxy-users"');
  assert.equal(await asked('plain.example:443'), 407);
  assert.equal(await asked('plain.example:443', { user: 'aino:pass-word' }), 200);
  await reload('');
  assert.equal(await asked('plain.example:443'), 200);
});

await cases.check('ports and exemptions follow', async () => {
  assert.equal(await asked('plain.example:80'), 403);
  await reload('ports = [443, 80]');
  assert.equal(await asked('plain.example:80'), 200);
  await reload('exempt = ["plain.example"]');
  assert.equal(await asked('plain.example:8080'), 200);
});

await cases.check('another authority signs for new connections, a connection that stands goes on', async () => {
  const old = await office.workstation.tls('graph.microsoft.com');
  for (const file of ['secrets/proxy-ca.key', 'tls/proxy-ca.pem']) fs.rmSync(path.join(office.home, file));
  const [was, now] = [office.proxyCa, makeAuthority(office.home)];
  await reload('');
  await assert.rejects(office.workstation.tls('graph.microsoft.com'));
  office.proxyCa = now;
  assert.equal((await ask('GET', `${graph}/me`)).status, 200);
  office.proxyCa = was;
  const answer = new Promise((resolve) => old.once('data', (data) => resolve(String(data))));
  old.write(`GET /v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  assert.match(await answer, /^HTTP\/1\.1 200 /);
  old.destroy();
  office.proxyCa = now;
});

for (const [what, lines] of [['a network that is none', 'client_networks = ["10.0.0.0/33"]'],
  ['an authority that is not there', 'certificate = "tls/nowhere.pem"'],
  ['users that cannot be read', 'users_file = "secrets/nowhere"'],
  ['a port that is none', 'ports = [0]']]) {
  await cases.check(`${what}: the reload is refused as a whole`, async () => {
    await reload(`intercept = ["echo.example"]\n${lines}`, { taken: false });
    assert.equal((await ask('GET', `${graph}/me`)).status, 200);
    assert.equal(await shown('echo.example', { ca: echoPem }), 'echo.example');
  });
}

cases.end();
await end();
