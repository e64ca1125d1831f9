// Who may come to the proxy door: users by name and password, and networks.
//
//   node tests/hostile/proxy_users_test.mjs BIN_DIR
import assert from 'node:assert';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { Cases } from './cases.mjs';
import { graph, openProxyOffice } from './proxy_office.mjs';

const cases = new Cases();
const { office, token, ask, refusals, isRecorded, end } = await openProxyOffice({ bin: process.argv[2] });

async function changed(edit) {
  fs.writeFileSync(office.configFile, edit(fs.readFileSync(office.configFile, 'utf8')));
  await office.killGateway('SIGTERM');
  await office.startGateway();
}

await cases.check('with users named, a tunnel asks for name and password', async () => {
  const digest = crypto.createHmac('sha512', 'pass-word').update('kerros/1/proxy-user\0aino').digest('hex').slice(0, 64);
  const users = path.join(office.home, 'secrets', 'proxy-users');
  fs.writeFileSync(users, `aino:${digest}\n`, { mode: 0o600 });
  await changed((text) => text.replace('[proxy]', '[proxy]\nusers_file = "secrets/proxy-users"'));
  const unnamed = await office.workstation.connect('plain.example:443');
  assert.equal(unnamed.status, 407);
  assert.match(unnamed.head, /\r\nProxy-Authenticate: Basic realm="Kerros"/);
  assert.equal((await office.workstation.connect('plain.example:443', { user: 'aino:pass-word' })).status, 200);
  assert.equal((await office.workstation.connect('graph.microsoft.com:443')).status, 407);
  await isRecorded('connect plain.example:443', /wrong name or password/, async () => {
    assert.equal((await office.workstation.connect('plain.example:443', { user: 'aino:guess-work' })).status, 407);
  });
  assert.equal((await office.workstation.connect('plain.example:80', { user: 'aino:pass-word' })).status, 403);
  assert.equal(refusals().at(-1).actor, 'proxy:aino');
  assert.equal((await office.workstation.raw('GET /proxy.pac HTTP/1.1\r\n\r\n')).status, 200);
  office.proxyUser = 'aino:pass-word';
  assert.equal((await ask('GET', `${graph}/me`)).status, 200);
});

await cases.check('no password is in the log or on record', async () => {
  const audit = office.kerros('audit', 'tail', '-n', '1000', '--json').out;
  for (const secret of ['pass-word', 'guess-work', Buffer.from('aino:pass-word').toString('base64'), token])
    for (const text of [office.gatewayLog(), audit]) assert.ok(!text.includes(secret));
});

await cases.check('a client of another network gets nothing', async () => {
  await changed((text) => text.replace('[proxy]', '[proxy]\nclient_networks = ["192.0.2.0/24"]'));
  const before = refusals().length;
  assert.equal((await office.workstation.raw('GET /proxy.pac HTTP/1.1\r\n\r\n')).text, '');
  assert.equal(refusals().length, before + 1);
  const times = 30;
  for (let i = 0; i < times; ++i) assert.equal((await office.workstation.raw('', { from: '127.0.0.23' })).text, '');
  assert.ok(refusals().length - before <= 5, `${refusals().length - before} records`);
  await office.killGateway('SIGTERM');
  await office.startGateway();
  const all = JSON.parse(office.kerros('audit', 'tail', '-n', '1000', '--json').out);
  const told = [...refusals().slice(before), all.filter((record) => record.event === 'stop').at(-1)];
  assert.match(JSON.stringify(told), /not-recorded/);
});

cases.end();
await end();
