// The room for sealed bytes that wait here runs out: node spool_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { expectError, expectFinal, expectProgress, Session } from './session.mjs';

const kLength = 1_500_000;
const kHeldBack = 300_000;  // more than what waits in memory for a whole buffer
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2],
  config: (text) => `${text}\n[limits]\nspool_bytes = "2MiB"\n` });
await office.login();
await office.folder('Salassa');

// An upload of unknown length whose last byte waits for `end()`.
function open(drivePath, content) {
  const body = new PassThrough();
  const reply = office.put(drivePath, body);
  body.write(content.subarray(0, content.length - 1));
  return { reply, end: () => body.end(content.subarray(content.length - 1)) };
}
const put = (drivePath, content) => {
  const upload = open(drivePath, content);
  upload.end();
  return upload.reply;
};
async function until(what, body) {
  const deadline = Date.now() + 60_000;
  while (!await body()) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// Bytes in the spools, which have no names: what the gateway holds open there.
function spooled() {
  const held = `/proc/${office.gateway.pid}/fd`;
  return fs.readdirSync(held).reduce((sum, fd) => {
    try {
      const file = path.join(held, fd);
      return sum + (fs.readlinkSync(file).startsWith(path.join(office.home, 'run', 'spool')) ? fs.statSync(file).size : 0);
    } catch {
      return sum;  // closed meanwhile
    }
  }, 0);
}

await cases.check('several uploads of unknown length share the room, and it comes back', async () => {
  const content = noise(kLength, 1);
  const waiting = open('/Salassa/waiting.bin', content);
  await until('never spooled', () => spooled() > kLength - kHeldBack);
  let refused;
  await until('never refused', async () => {
    const reply = await put('/Salassa/second.bin', content);
    if (reply.status === 503) refused = reply;
    return refused !== undefined;
  });
  expectError(refused, 503, 'serviceNotAvailable');
  assert.ok(Number(refused.headers['retry-after']) > 0);
  waiting.end();
  assert.equal((await waiting.reply).status, 201);
  await until('never taken again', async () => [200, 201].includes((await put('/Salassa/second.bin', content)).status));
  for (const name of ['waiting', 'second']) assert.ok((await office.get(`/Salassa/${name}.bin`)).bytes.equals(content));
});

await cases.check('one upload that is too large by itself is told to send its length', async () => {
  const reply = await put('/Salassa/large.bin', noise(3 << 20, 2)).catch((error) => ({ error }));
  if (reply.error === undefined) expectError(reply, 413, 'invalidRequest');
  assert.equal((await office.get('/Salassa/large.bin')).status, 404);
});

await cases.check('case 50: a fragment that finds no room is not acknowledged, and goes on when there is some', async () => {
  const content = noise(6_000_000, 3);
  const session = await Session.open(office, '/Salassa/fragments.bin');
  expectProgress(await session.put(content, 0, 1_000_000), 1_000_000, content.length);
  const reply = await session.put(content, 1_000_000, 5_500_000).catch(() => undefined);
  if (reply) expectError(reply, 503, 'serviceNotAvailable');
  expectProgress(await session.status(), 1_000_000, content.length);
  fs.writeFileSync(office.configFile, fs.readFileSync(office.configFile, 'utf8').replace('spool_bytes = "2MiB"', 'spool_bytes = "1GiB"'));
  office.gateway.kill('SIGHUP');
  await until('never reloaded', () => office.gatewayLog().includes('configuration reloaded') || new Promise((resolve) => setTimeout(resolve, 20)));
  expectProgress(await session.put(content, 1_000_000, 5_500_000), 5_500_000, content.length);
  expectFinal(await session.put(content, 5_500_000, 6_000_000), content.length);
  assert.ok((await office.get('/Salassa/fragments.bin')).bytes.equals(content));
});

cases.end();
await office.stop();
