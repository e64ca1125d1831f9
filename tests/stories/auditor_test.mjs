// An auditor at work: what the administrator's commands export is held against the tree by somebody
// else's program, without a key; and whatever is done to the files on the way is seen by both.
//
//   node tests/stories/auditor_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { verifyLog } from '../../tools/verify-log.mjs';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'auditor-'));
const home = path.join(work, 'k');
const elsewhere = path.join(work, 'elsewhere');
const kerros = (...args) => {
  const run = spawnSync(path.join(process.argv[2], 'kerros'), args, { encoding: 'utf8' });
  return { code: run.status, out: run.stdout, err: run.stderr };
};
const config = ['--config', path.join(home, 'kerros.toml')];
const log = path.join(home, 'audit');

function damaged(what, change) {
  const copy = path.join(work, 'copy');
  fs.cpSync(log, copy, { recursive: true });
  change(copy);
  assert.throws(() => verifyLog(copy, { older: fs.readFileSync(elsewhere, 'utf8') }), undefined, `second verifier: ${what}`);
  const older = path.join(work, 'older');
  fs.copyFileSync(elsewhere, older);
  const verified = kerros('audit', 'verify', '--directory', copy, '--older', older);
  assert.equal(verified.code, 4, `kerros audit verify: ${what}: ${verified.err}`);
  fs.rmSync(copy, { recursive: true });
}
const edit = (file, change) => fs.writeFileSync(file, change(fs.readFileSync(file)));
const flip = (file, at) => edit(file, (bytes) => { bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at); return bytes; });

try {
  assert.equal(kerros('init', home).code, 0);
  fs.writeFileSync(config[1], fs.readFileSync(config[1], 'utf8')
    .replace('[audit]\n', `[audit]\ncheckpoint_copy = ${JSON.stringify(elsewhere)}\n`));
  for (let i = 0; i < 12; i += 1) assert.equal(kerros('item', 'list', ...config).code, 0);
  const verifier = fs.readFileSync(path.join(log, 'verifier'), 'utf8').trim();
  const exported = kerros('audit', 'export', '--proof', '--purpose', 'yearly audit', ...config);
  assert.equal(exported.code, 0, exported.err);
  assert.equal(exported.out.trimEnd().split('\n').length, 13);
  const found = verifyLog(log, { verifier, older: fs.readFileSync(elsewhere, 'utf8'), exported: exported.out });
  assert.equal(found.records, 15);
  assert.throws(() => verifyLog(log, { exported: exported.out.replace('"payload":"A', '"payload":"B') }), /not the one in the tree/);

  const checkpoint = fs.readFileSync(path.join(log, 'checkpoint'));
  const [segment] = fs.readdirSync(path.join(log, 'segments')).map((name) => path.join('segments', name));
  damaged('a record cut off', (copy) => edit(path.join(copy, segment), (bytes) => bytes.subarray(0, bytes.length - 9)));
  damaged('a segment removed', (copy) => fs.rmSync(path.join(copy, segment)));
  damaged('an entry edited', (copy) => flip(path.join(copy, 'tile/entries/000.p/15'), 40));
  damaged('two entries exchanged', (copy) => edit(path.join(copy, 'tile/entries/000.p/15'), (bytes) =>
    Buffer.concat([bytes.subarray(34, 68), bytes.subarray(0, 34), bytes.subarray(68)])));
  damaged('a tile shortened', (copy) => edit(path.join(copy, 'tile/0/000.p/15'), (bytes) => bytes.subarray(32)));
  damaged('a checkpoint changed', (copy) => flip(path.join(copy, 'checkpoint'), 45));
  damaged('the history removed', (copy) => fs.rmSync(path.join(copy, 'checkpoints')));

  // Everything put back as it was, and everything written anew: sound in itself, not beside the copies.
  const yesterday = path.join(work, 'yesterday');
  fs.cpSync(log, yesterday, { recursive: true });
  assert.equal(kerros('item', 'list', ...config).code, 0);
  assert.equal(verifyLog(yesterday).records, 15);
  assert.throws(() => verifyLog(yesterday, { older: fs.readFileSync(elsewhere, 'utf8') }), /newer than the log/);
  assert.equal(kerros('audit', 'verify', ...config).code, 0);
  fs.rmSync(log, { recursive: true });
  assert.equal(kerros('store', 'accept-restore', ...config).code, 0);
  for (let i = 0; i < 20; i += 1) assert.equal(kerros('item', 'list', ...config).code, 0);
  const anew = verifyLog(log);
  assert.ok(anew.records >= 20);
  assert.throws(() => verifyLog(log, { older: checkpoint.toString() }), /no signature of/);
  const signed = kerros('audit', 'verify', ...config);
  assert.match(signed.out, /verifier: kerros\/[0-9a-f]+\/since-/, 'a lost log is followed by one of another name');
  console.log('both verifiers agree, and find what was done to the log');
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
