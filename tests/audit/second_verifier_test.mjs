// The second verifier over a log that the program wrote: it agrees, and it finds every damage.
//   node second_verifier_test.mjs WRITER
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseVerifier, verifyLog } from './verify_log.mjs';

const work = mkdtempSync(join(tmpdir(), 'kerros-second-'));
const log = join(work, 'log');

const filesBelow = (directory) =>
  readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });

function fails(change, what) {
  const copy = join(work, 'copy');
  cpSync(log, copy, { recursive: true });
  change(copy);
  assert.throws(() => verifyLog(copy), undefined, `not found: ${what}`);
  rmSync(copy, { recursive: true });
}

function flip(path, at) {
  const bytes = readFileSync(path);
  bytes[at] ^= 1;
  writeFileSync(path, bytes);
}

try {
  execFileSync(process.argv[2], [log, '300']);
  const vkey = readFileSync(join(log, 'verifier'), 'utf8').trimEnd();
  assert.deepEqual(verifyLog(log, vkey), { records: 600, checkpoints: 8 });
  parseVerifier('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');

  const older = /\.p\/(?!88$|2$)/; // unfinished tiles that only older checkpoints needed
  for (const path of filesBelow(log)) {
    const name = relative(log, path);
    if (name === 'lock' || name.startsWith('segments') || older.test(name)) continue;
    const { size } = statSync(path);
    const step = Math.max(1, Math.floor(size / 12));
    for (let at = 0; at < size; at += step) fails((copy) => flip(join(copy, name), at), `${name} ${at}`);
    fails((copy) => rmSync(join(copy, name)), `${name} removed`);
  }
  fails((copy) => {
    const notes = readFileSync(join(copy, 'checkpoints'), 'utf8').split('\n\n');
    writeFileSync(join(copy, 'checkpoint'), `${notes[2]}\n\n${notes[3]}\n`);
  }, 'a checkpoint put back');
  console.log('the second verifier agrees and finds every damage');
} finally {
  rmSync(work, { recursive: true, force: true });
}
