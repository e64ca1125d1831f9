// Every cipher backend behind a running gateway: node ciphers_test.mjs BIN_DIR
// What one seals the others open, and a library that is not there costs speed and nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const kBackends = ['openssl', 'libsodium', 'ipsec-mb'];
const kLibrary = 'libIPSec_MB.so.1';
const kWhyNot = /info sealing with openssl: libipsec-mb does not serve/g;
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
const settings = fs.readFileSync(office.configFile, 'utf8');
await office.login();
await office.folder('Salassa');

async function restart(backend, env) {
  await office.killGateway('SIGTERM');
  fs.writeFileSync(office.configFile, `${settings}\n[sealing]\nbackend = "${backend}"\n`);
  return office.startGateway({ env });
}

const fileOf = (backend) => `/Salassa/${backend}.bin`;
const textOf = (backend) => noise(3 * 16384 + 777, kBackends.indexOf(backend) + 1);
const status = () => JSON.parse(office.kerros('status', '--json').out);

// A file of the library's name that is no library, found before the real one.
const hidden = path.join(office.dir, 'hidden');
fs.mkdirSync(hidden);
fs.writeFileSync(path.join(hidden, kLibrary), '');
const withoutLibrary = { LD_LIBRARY_PATH: hidden };

for (const backend of kBackends) {
  await cases.check(`${backend} serves by force and says so`, async () => {
    assert.match(await restart(backend), new RegExp(` backend=${backend} `));
    assert.equal(status().cipher, backend);
    assert.equal(status().gateway.backend, backend);
    assert.equal((await office.put(fileOf(backend), textOf(backend))).status, 201);
  });
}
for (const backend of [...kBackends, 'auto']) {
  await cases.check(`${backend} opens what all have sealed`, async () => {
    await restart(backend);
    for (const other of kBackends) {
      const read = await office.get(fileOf(other));
      assert.equal(read.status, 200);
      assert.ok(read.bytes.equals(textOf(other)), other);
    }
  });
}

await cases.check('without the library the gateway starts, seals with OpenSSL and says why once', async () => {
  const before = office.gatewayLog().match(kWhyNot)?.length ?? 0;
  assert.match(await restart('auto', withoutLibrary), / backend=openssl /);
  assert.equal(office.gatewayLog().match(kWhyNot).length, before + 1);
  assert.ok(office.gatewayLog().includes(kLibrary));
  assert.equal((await office.put('/Salassa/without.bin', textOf('openssl'))).status, 201);
});

await cases.check('a library that is forced and missing stops the start', async () => {
  await office.killGateway('SIGTERM');
  fs.writeFileSync(office.configFile, `${settings}\n[sealing]\nbackend = "ipsec-mb"\n`);
  const run = spawnSync(path.join(office.bin, 'kerros-gateway'), ['--config', office.configFile],
    { encoding: 'utf8', env: { ...process.env, ...withoutLibrary } });
  assert.equal(run.status, 5);
  assert.match(run.stderr, /libipsec-mb does not serve: .*libIPSec_MB\.so\.1/);
  assert.match(run.stderr, /hint: set sealing\.backend = "auto"/);
});

await office.stop();
cases.end();
