#!/usr/bin/env node
// tools/open.mjs as a user runs it: exit codes, texts, and that the output is whole or not there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = join(here, '../../tools/open.mjs');

// A directory with one sealed file out of a vector, and a verb to run the command in it.
function workplace(t, name) {
  const dir = mkdtempSync(join(tmpdir(), 'open-command-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const raw = readFileSync(join(here, `${name}.kv`));
  const end = raw.indexOf('\n\n');
  const field = (key) => new RegExp(`^${key}: (.*)$`, 'm').exec(raw.toString('utf8', 0, end))?.[1];
  writeFileSync(join(dir, 'sealed'), raw.subarray(end + 2));
  if (field('dek')) writeFileSync(join(dir, 'dek'), `${field('dek')}\n`);
  if (field('epoch-key')) writeFileSync(join(dir, 'epoch'), Buffer.from(field('epoch-key'), 'hex'));
  const run = (args, options = {}) => spawnSync(process.execPath, [program, ...args], { cwd: dir, ...options });
  return { dir, field, run };
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function assertFails({ status, stderr }, code, text) {
  assert.equal(status, code, stderr.toString());
  assert.match(stderr.toString(), text);
}

for (const [way, args, options] of [
  ['a key file', () => ['--dek-file', 'dek'], () => ({})],
  ['a key on standard input', () => ['--dek-file', '-'], (field) => ({ input: Buffer.from(field('dek'), 'hex') })],
  ['a key in hexadecimal', (field) => ['--dek-hex', field('dek')], () => ({})],
  ['the epoch key alone', () => ['--epoch-key-file', 'epoch'], () => ({})],
]) {
  test(`opens with ${way}`, (t) => {
    const { dir, field, run } = workplace(t, 'ok_327680_suite2_recovery');
    const done = run(['sealed', ...args(field), '-o', 'plain'], options(field));
    assert.equal(done.status, 0, done.stderr.toString());
    assert.equal(sha256(readFileSync(join(dir, 'plain'))), field('plain-sha256'));
    assert.equal(done.stdout.length, 0);
  });
}

test('writes to standard output when no file is named', (t) => {
  const { field, run } = workplace(t, 'ok_16385_suite1');
  const done = run(['sealed', '--dek-file', 'dek']);
  assert.equal(done.status, 0);
  assert.equal(sha256(done.stdout), field('plain-sha256'));
});

for (const name of ['flip_final', 'cut_at_16912', 'two_keys_suite1_other', 'recovery_wraps_other_key']) {
  test(`leaves nothing behind after ${name}`, (t) => {
    const { dir, field, run } = workplace(t, name);
    const before = readdirSync(dir).sort();
    const key = field('dek') ? ['--dek-file', 'dek'] : ['--epoch-key-file', 'epoch'];
    const failed = run(['sealed', ...key, '-o', 'plain']);
    assertFails(failed, 4, /^open\.mjs: error: .*\nopen\.mjs: why: .*\nopen\.mjs: hint: .*\n$/);
    assert.deepEqual(readdirSync(dir).sort(), before);
    assert.equal(run(['sealed', ...key]).stdout.length, 0);
  });
}

test('keeps what was at the place of the output when it fails', (t) => {
  const { dir, run } = workplace(t, 'flip_final');
  writeFileSync(join(dir, 'plain'), 'kept');
  assertFails(run(['sealed', '--dek-file', 'dek', '-o', 'plain']), 4, /chunk 2 is not authentic/);
  assert.equal(readFileSync(join(dir, 'plain'), 'utf8'), 'kept');
});

test('refuses to replace the sealed file by its plaintext', (t) => {
  const { run } = workplace(t, 'ok_1_suite1');
  assertFails(run(['sealed', '--dek-file', 'dek', '-o', 'sealed']), 2, /is the sealed file itself/);
});

test('compares with a known size', (t) => {
  const { run } = workplace(t, 'ok_1_suite1');
  assert.equal(run(['sealed', '--dek-file', 'dek', '--plain-size', '1']).status, 0);
  assertFails(run(['sealed', '--dek-file', 'dek', '--plain-size', '2']), 4, /529 bytes and should have 530/);
});

test('says what is no sealed file, and what is too new', (t) => {
  assertFails(workplace(t, 'magic_html').run(['sealed', '--dek-file', 'dek']), 1, /does not begin like a sealed file/);
  assertFails(workplace(t, 'version_2').run(['sealed', '--dek-file', 'dek']), 1, /format version 2/);
});

test('says that there is no recovery wrap', (t) => {
  const { run } = workplace(t, 'ok_1_suite1');
  const key = { input: Buffer.alloc(32, 7) };
  assertFails(run(['sealed', '--epoch-key-file', '-'], key), 1, /carries no recovery wrap\n.*sealed without one/);
});

test('tells wrong usage', (t) => {
  const { run } = workplace(t, 'ok_1_suite1');
  assertFails(run([]), 2, /name exactly one file/);
  assertFails(run(['sealed']), 2, /name exactly one key/);
  assertFails(run(['sealed', '--dek-hex', 'abcd']), 2, /neither 32 bytes nor 64/);
  assertFails(run(['sealed', '--deck-file', 'dek']), 2, /deck-file/);
  assertFails(run(['absent', '--dek-file', 'dek']), 1, /ENOENT/);
});

test('shows the header without a key', (t) => {
  const { run } = workplace(t, 'ok_327680_suite2_recovery');
  const shown = JSON.parse(run(['sealed', '--inspect']).stdout);
  assert.equal(shown.suite_name, 'AEAD_CHACHA20_POLY1305');
  assert.equal(shown.plain_size, 327680);
  assert.match(shown.recovery_epoch, /^[0-9a-f]{8}-/);
});

test('works as a single copied file', (t) => {
  const { dir, run } = workplace(t, 'ok_1_suite1');
  writeFileSync(join(dir, 'copy.mjs'), readFileSync(program));
  const done = spawnSync(process.execPath, ['copy.mjs', 'sealed', '--dek-file', 'dek'], { cwd: dir });
  assert.equal(done.stdout.length, 1);
});
