// Disks that are full under a running gateway, one after the other: node full_disk_test.mjs BIN_DIR
// What needs the disk is refused in one sentence, what does not goes on, nothing hangs, whatever
// was acknowledged stays, and with room again the gateway goes on by itself. The disks are small
// file systems in a mount namespace of the test's own, which end with it; nothing is skipped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { expectProgress, Session } from './session.mjs';

const kInside = 'in-a-namespace';
if (process.argv[3] !== kInside) {
  const run = spawnSync(fileURLToPath(new URL('../support/own_mounts.sh', import.meta.url)),
    [process.execPath, fileURLToPath(import.meta.url), process.argv[2], kInside], { stdio: 'inherit' });
  process.exit(run.status ?? 1);
}

const kStoreFull = 'The key store is full, so no new file can be protected. Ask your administrator to make room.';
const kLogUnavailable = 'The audit log cannot be written, so protected items cannot be read or written. '
  + 'Ask your administrator.';
const kSpoolFull = 'The gateway has no room left for uploads that wait for their end. Try again later; an '
  + 'upload of unknown length needs less room with a Content-Length.';

const cases = new Cases();

// A small file system over a directory that exists or not; what lies there moves onto it.
class Disk {
  constructor(directory, size) {
    this.directory = directory;
    const aside = `${directory}.aside`;
    if (fs.existsSync(directory)) fs.renameSync(directory, aside);
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', directory);
    if (fs.existsSync(aside)) run('cp', '-a', `${aside}/.`, directory);
  }

  // To the last page.
  fill() {
    const file = fs.openSync(path.join(this.directory, 'ballast'), 'w');
    try {
      for (;;) fs.writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      assert.equal(error.code, 'ENOSPC');
    } finally {
      fs.closeSync(file);
    }
  }

  empty() { fs.rmSync(path.join(this.directory, 'ballast'), { force: true }); }

  unmount() { run('umount', this.directory); }
}

function run(program, ...args) {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(done.status, 0, `${program} ${args.join(' ')}: ${done.stderr}`);
}

const disks = {};
const office = await Office.open({
  bin: process.argv[2],
  config: (text, home) => {
    disks.store = new Disk(path.join(home, 'store'), '4m');
    disks.log = new Disk(path.join(home, 'audit'), '1m');
    disks.spool = new Disk(path.join(home, 'run', 'spool'), '1m');
    const [line] = /^sessions = "(.*)"$/m.exec(text);
    disks.sessions = new Disk(path.join(home, 'run', 'sessions'), '16m');
    return text.replace(line, 'sessions = "run/sessions"');
  },
});

// Every upload that was acknowledged, and every one that may or may not be there.
const held = new Map();
const open = new Set();
let made = 0;

function refused(reply, message) {
  assert.equal(reply.status, 503, `${reply.status} ${reply.bytes}`);
  assert.equal(reply.json.error.code, 'serviceNotAvailable');
  assert.equal(reply.json.error.message, message);
  assert.match(reply.headers['retry-after'], /^\d+$/);
}

async function upload(folder = 'Salassa') {
  const name = `/${folder}/${made += 1}.bin`;
  const bytes = noise(1000 + made, made);
  const reply = await office.put(name, bytes);
  if (reply.status === 201) held.set(name, bytes);
  else open.add(name);
  return reply;
}

// Some pages are free inside the store's files: refusals begin when those are used up.
async function uploadUntilRefused() {
  for (let i = 0; i < 2000; i += 1) {
    const reply = await upload();
    if (reply.status !== 201) return reply;
  }
  throw new Error('2,000 uploads on a full disk');
}

async function expectHeld() {
  for (const [name, bytes] of held) {
    const got = await office.get(name);
    assert.equal(got.status, 200, `${name}: ${got.status} ${got.bytes}`);
    assert.ok(got.bytes.equals(bytes), `${name}: other bytes`);
  }
}

async function expectOrdinaryFilesPass() {
  assert.equal((await upload('Yleinen')).status, 201);
  const [name, bytes] = [...held].at(-1);
  assert.ok((await office.get(name)).bytes.equals(bytes));
}

// Without a restart, and without anybody's doing but making room.
async function expectRecovery(attempt) {
  for (let i = 0; i < 100; i += 1) {
    const reply = await attempt();
    if (reply.status < 300) return reply;
    assert.equal(reply.status, 503, `${reply.status} ${reply.bytes ?? await reply.text()}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error('there is room again, and nothing is taken');
}

// A case that fails must not be why the next ones do.
const check = (sentence, disk, body) => cases.check(sentence, async () => {
  try {
    await body();
  } finally {
    disk.empty();
  }
});

const readiness = () => fetch(`http://127.0.0.1:${office.adminPort}/readyz`);
const chunkedPut = (size) => office.graph('PUT', `/me/drive/root:/Salassa/chunked-${made += 1}.bin:/content`,
  { body: Readable.from([noise(size, 5)]), headers: { 'transfer-encoding': 'chunked' } });

try {
  await office.login();
  await office.folder('Salassa');
  await office.folder('Yleinen');
  for (let i = 0; i < 5; i += 1) assert.equal((await upload()).status, 201);
  const plain = noise(2 * 327680 + 100, 7);

  await check('a full key store refuses uploads of protected files, and nothing else', disks.store, async () => {
    disks.store.fill();
    refused(await uploadUntilRefused(), kStoreFull);
    refused(await upload(), kStoreFull);
    await expectOrdinaryFilesPass();
    await expectHeld();
    disks.store.empty();
    await expectRecovery(upload);
    await expectHeld();
    await expectRecovery(readiness);
  });

  await check('a full audit log refuses to read or write protected files until there is room', disks.log, async () => {
    disks.log.fill();
    refused(await uploadUntilRefused(), kLogUnavailable);
    const [name, bytes] = [...held].find(([one]) => one.startsWith('/Salassa/'));
    const read = await office.get(name);
    if (read.status === 200) assert.ok(read.bytes.equals(bytes));
    else refused(read, kLogUnavailable);
    assert.equal((await readiness()).status, 503);
    await expectOrdinaryFilesPass();
    disks.log.empty();
    await expectRecovery(upload);
    await expectHeld();
    await expectRecovery(readiness);
  });

  await check('what a listing shows to be changed waits for its event, and is not forgotten', disks.log, async () => {
    const name = [...held.keys()].find((one) => one.startsWith('/Salassa/'));
    const { id, parentReference } = (await office.graph('GET', `/me/drive/root:${name}`)).json;
    const rewritten = { drive: parentReference.driveId, item: id, update_metadata: true, op: 'append', bytes: 'AAAA' };
    disks.log.fill();
    refused(await uploadUntilRefused(), kLogUnavailable);
    assert.equal((await office.cloud.control('POST', '/tamper', rewritten)).status, 200);
    refused(await office.graph('GET', `/me/drive/root:${name}`), kLogUnavailable);
    disks.log.empty();
    await expectRecovery(() => office.graph('GET', `/me/drive/root:${name}`));
    const log = office.kerros('audit', 'tail', '-n', '1000', '--json');
    const noted = JSON.parse(log.out).filter(({ event, target }) => event === 'stored-differs' && target.includes(id));
    assert.equal(noted.length, 1, 'the alarm came when it could');
    held.delete(name);
    assert.equal((await office.get(name)).status, 409);
  });

  await check('a full spool refuses protected uploads of unknown length, and only those', disks.spool, async () => {
    disks.spool.fill();
    refused(await chunkedPut(200000), kSpoolFull);
    assert.equal((await upload()).status, 201);
    await expectOrdinaryFilesPass();
    disks.spool.empty();
    assert.equal((await chunkedPut(200000)).status, 201);
    refused(await chunkedPut(3 << 20), kSpoolFull);
    assert.equal((await chunkedPut(200000)).status, 201, 'what was spooled is gone again');
  });

  await check('full sessions refuse new ones and the next fragments; all go on with room', disks.sessions, async () => {
    const session = await Session.open(office, '/Salassa/session.bin');
    expectProgress(await session.put(plain, 0, 327680), 327680, plain.length);
    disks.sessions.fill();
    const opened = [];
    let reply;
    for (let i = 0; i < 2000; i += 1) {
      reply = await Session.ask(office, `/Salassa/never-${i}.bin`);
      if (reply.status !== 200) break;
      opened.push(reply.json.uploadUrl);
    }
    refused(reply, kStoreFull);
    assert.equal((await upload()).status, 201);
    const onFull = await session.put(plain, 327680, 2 * 327680);
    if (onFull.status !== 202) refused(onFull, kStoreFull);
    disks.sessions.empty();
    const status = await expectRecovery(() => session.status());
    const next = Number(status.json.nextExpectedRanges[0].split('-')[0]);
    assert.ok([327680, 2 * 327680].includes(next), `${next}`);
    const last = await expectRecovery(() => session.put(plain, next, plain.length));
    assert.equal(last.status, 201, `${last.bytes}`);
    held.set('/Salassa/session.bin', plain);
    for (const url of opened) assert.equal((await office.graph('DELETE', url)).status, 204);
    await expectHeld();
  });

  await cases.check('a new process finds everything that was acknowledged, and a log that verifies', async () => {
    assert.equal(await office.killGateway('SIGTERM'), 0);
    await office.startGateway();
    await expectHeld();
    for (const name of open) {  // refused: absent, or whole when only its acknowledgement was lost
      const got = await office.get(name);
      assert.ok(got.status === 404 || got.status === 200, `${name}: ${got.status} ${got.bytes}`);
    }
    const verified = office.kerros('audit', 'verify');
    assert.equal(verified.code, 0, verified.err);
  });
} finally {
  await office.killGateway('SIGTERM');
  for (const disk of Object.values(disks)) disk.unmount();
  await office.stop();
}

cases.end();
