// The second verifier over a log that the program wrote: it agrees, and it finds every damage.
//   node second_verifier_test.mjs WRITER
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseVerifier, verifyLog } from '../../tools/verify-log.mjs';

const work = mkdtempSync(join(tmpdir(), 'kerros-second-'));
const log = join(work, 'log');

const filesBelow = (directory) =>
  readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });

function framesOf(bytes) {
  const frames = [];
  for (let at = 20 + bytes.readUInt32BE(16); at < bytes.length; at += 4 + bytes.readUInt32BE(at)) frames.push({ at });
  return frames;
}

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
  assert.deepEqual(verifyLog(log, { verifier: vkey }),
    { records: 600, checkpoints: 8, first: 1, wentBack: 0 });
  parseVerifier('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');

  const older = /\.p\/(?!88$|2$)/; // unfinished tiles that only older checkpoints needed
  for (const path of filesBelow(log)) {
    const name = relative(log, path);
    if (name === 'lock' || name === 'export.jsonl' || name.startsWith('segments') || older.test(name)) continue;
    const { size } = statSync(path);
    const step = Math.max(1, Math.floor(size / 12));
    for (let at = 0; at < size; at += step) fails((copy) => flip(join(copy, name), at), `${name} ${at}`);
    fails((copy) => rmSync(join(copy, name)), `${name} removed`);
  }
  fails((copy) => {
    const notes = readFileSync(join(copy, 'checkpoints'), 'utf8').split('\n\n');
    writeFileSync(join(copy, 'checkpoint'), `${notes[2]}\n\n${notes[3]}\n`);
  }, 'a checkpoint put back');

  // What lies sealed: without a key its number, order and lengths are seen, its content by export.
  const segment = 'segments/2026-11-21.seg';
  const sealed = readFileSync(join(log, segment));
  const frames = framesOf(sealed);
  assert.equal(frames.length, 600);
  const rewritten = (bytes) => (copy) => writeFileSync(join(copy, segment), bytes);
  fails(rewritten(sealed.subarray(0, sealed.length - 1)), 'a segment cut within a record');
  fails(rewritten(sealed.subarray(0, frames[599].at)), 'the last record cut off');
  fails(rewritten(Buffer.concat([sealed.subarray(0, frames[5].at), sealed.subarray(frames[6].at)])), 'a record taken out');
  fails((copy) => rmSync(join(copy, segment)), 'a segment removed');
  const renumbered = Buffer.from(sealed);
  renumbered.writeBigUInt64BE(2n, 8);
  fails(rewritten(renumbered), 'a segment that begins later than is kept');

  const exported = readFileSync(join(log, 'export.jsonl'), 'utf8');
  assert.equal(verifyLog(log, { exported }).records, 600);
  const lines = exported.trimEnd().split('\n').map((line) => JSON.parse(line));
  const refuses = (change, what) => {
    const changed = structuredClone(lines);
    change(changed);
    assert.throws(() => verifyLog(log, { exported: changed.map((one) => JSON.stringify(one)).join('\n') }), undefined, what);
  };
  refuses((all) => { all[3].proof.payload = Buffer.from('other').toString('base64'); }, 'an edited record');
  refuses((all) => { [all[3], all[4]] = [all[4], all[3]]; }, 'two records in each other\'s place');
  refuses((all) => { [all[3].proof, all[4].proof] = [all[4].proof, all[3].proof]; }, 'proofs exchanged');
  refuses((all) => { all[7].proof.salt = all[8].proof.salt; }, 'a salt of another record');

  // Whoever owns disk and key writes another history: sound in itself, but not beside an older word.
  const mine = readFileSync(join(log, 'checkpoint'), 'utf8');
  const history = readFileSync(join(log, 'checkpoints'), 'utf8');
  const forged = join(work, 'forged');
  execFileSync(process.argv[2], [forged, '310', 'another']);
  assert.equal(verifyLog(forged).records, 619);
  assert.throws(() => verifyLog(forged, { older: mine }), /another tree/);
  assert.throws(() => verifyLog(forged, { older: history }), /another tree/);
  const shorter = join(work, 'shorter');
  execFileSync(process.argv[2], [shorter, '100']);
  assert.throws(() => verifyLog(shorter, { older: mine }), /newer than the log/);
  assert.equal(verifyLog(log, { older: history }).records, 600);
  console.log('the second verifier agrees and finds every damage');
} finally {
  rmSync(work, { recursive: true, force: true });
}
