// Keys change while an office works: node rotation_test.mjs BIN_DIR
// Uploads and reads go on through rotations and a rewrap, the gateway is killed in the middle of the
// latter, and at the end every file opens under the one key that is left.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Cases } from '../support/cases.mjs';
import { noise, Office } from '../support/office.mjs';
import { until } from '../support/until.mjs';
import { Session } from './session.mjs';

const kWriters = 3;
const kFragment = 327680;
const run = promisify(execFile);
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');

const files = new Map();  // path -> bytes that were acknowledged
const paths = new Set();  // every path ever sent
let failed = 0;           // uploads that nobody acknowledged

// `kerros` beside the uploads, not instead of them.
async function kerros(...args) {
  try {
    const { stdout, stderr } = await run(path.join(office.bin, 'kerros'), [...args, '--config', office.configFile]);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    return { code: error.code, out: error.stdout, err: error.stderr };
  }
}
const usage = async () => JSON.parse((await kerros('key', 'usage', 'main', '--json')).out);
const recordOf = async (name) =>
  JSON.parse((await kerros('item', 'list', '--json')).out).filter((one) => one.name === name).at(-1);

let next = 0;
async function upload(size = 2000 + (next % 7) * 9000) {
  const seed = next;
  next += 1;
  const name = `/Salassa/file-${seed}.bin`;
  const bytes = noise(size, seed);
  paths.add(name);
  const reply = await office.put(name, bytes).catch(() => undefined);
  if (reply?.status === 201) files.set(name, bytes);
  else failed += 1;
  return { name, reply };
}

// Writers that never stop by themselves.
let writing = true;
const writers = () => Promise.all(Array.from({ length: kWriters }, async () => {
  while (writing) {
    const { reply } = await upload();
    if (reply === undefined) await delay(20);
  }
}));

const session = await Session.open(office, '/Salassa/slow.bin');
const slow = noise(3 * kFragment + 1000, 77);
assert.equal((await session.put(slow, 0, kFragment)).status, 202);
for (let i = 0; i < 60; i += 1) await upload();

const work = writers();

cases.it('seals the very next file under the new version, again and again', async () => {
  for (const version of [2, 3, 4]) {
    const rotated = await kerros('key', 'rotate', 'main');
    assert.equal(rotated.code, 0, rotated.err);
    const { name, reply } = await upload();
    assert.equal(reply.status, 201);
    assert.equal((await recordOf(path.basename(name))).key_version, version);
  }
  assert.equal(failed, 0, 'an upload failed while keys were rotated');
});

cases.it('retires nothing that is in use', async () => {
  const refused = await kerros('key', 'retire', 'main');
  assert.equal(refused.code, 7);
  assert.match(refused.err, /version 1 of unit "main" is in use\n.*\n.*`kerros key rewrap main`/);
});

cases.it('takes a rewrap up again after the gateway was killed in it', async () => {
  // Not the newest version's records: uploads add to those.
  const standing = async () => (await usage()).filter((one) => one.state === 'replaced')
    .reduce((sum, one) => sum + one.records, 0);
  const old = await standing();
  assert.ok(old >= 60, `only ${old} records to move`);
  const slowly = kerros('key', 'rewrap', 'main', '--rate', '1');  // a minute, if it were let
  await until('the rewrap has moved something', async () => await standing() < old, 30);
  await office.killGateway();
  assert.notEqual((await slowly).code, 0);
  await office.startGateway();
  const left = await standing();
  assert.ok(left > 0 && left < old, `${left} of ${old} left`);
  const again = await kerros('key', 'rewrap', 'main');
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /\nleft: 0\n/);
});

cases.it('goes on with a session of the first version, and waits for its end', async () => {
  const first = (await usage())[0];
  assert.deepEqual([first.records, first.sessions], [0, 1]);
  assert.match((await kerros('key', 'retire', 'main')).err, /1 upload sessions stand under it, the last until /);
  assert.equal((await session.put(slow, kFragment, 2 * kFragment)).status, 202);
  const last = await session.put(slow, 2 * kFragment, slow.length);
  assert.equal(last.status, 201, `${last.bytes}`);
  files.set('/Salassa/slow.bin', slow);
  assert.equal((await recordOf('slow.bin')).key_version, 4);
});

cases.it('destroys the old keys, and everything opens', async () => {
  assert.equal((await kerros('key', 'retire', 'main')).code, 0);
  const destroyed = await kerros('key', 'destroy', 'main', '--yes-destroy', 'main');
  assert.equal(destroyed.code, 0, destroyed.err);
  writing = false;
  await work;
  assert.deepEqual((await usage()).map((one) => one.state), ['destroyed', 'destroyed', 'destroyed', 'active']);
  for (const [name, bytes] of files) {
    const read = await office.get(name);
    assert.equal(read.status, 200, `${name}: ${read.status}`);
    assert.ok(read.bytes.equals(bytes), `${name} differs`);
  }
});

cases.it('does the same without a gateway', async () => {
  await office.killGateway('SIGTERM');
  for (const command of [['rotate'], ['rewrap'], ['retire'], ['destroy', '--yes-destroy', 'main']]) {
    const done = await kerros('key', command[0], 'main', ...command.slice(1));
    assert.equal(done.code, 0, `${command}: ${done.err}`);
  }
  await office.startGateway();
  for (const [name, bytes] of [...files].slice(0, 10)) {
    const read = await office.get(name);
    assert.ok(read.status === 200 && read.bytes.equals(bytes), name);
  }
  const records = JSON.parse((await kerros('item', 'list', '--json')).out);
  assert.deepEqual([...new Set(records.map((one) => one.key_version))], [5]);
});

cases.it('has every change in the log', async () => {
  const log = JSON.parse((await kerros('audit', 'tail', '--purpose', 'test', '-n', '100000', '--json')).out);
  const done = (event) => log.filter((one) => one.event === event && one.status === 'done');
  assert.equal(done('key-rotated').length, 4);
  assert.equal(done('key-retired').length, 4);
  assert.equal(done('key-destroyed').length, 4);
  assert.ok(done('key-rewrapped').length >= 3);
  assert.equal((await kerros('audit', 'verify')).code, 0);
});

await cases.play();
console.log(`${files.size} of ${paths.size + 1} files acknowledged, all of them opened`);
writing = false;
await work;
await office.stop();
