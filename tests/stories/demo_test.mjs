// The demonstration itself: node demo_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Cases } from '../support/cases.mjs';

const bin = path.resolve(process.argv[2]);
const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = path.join(root, 'tools', 'demo');
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-test-'));
const cases = new Cases();
const it = cases.it.bind(cases);

// Everything the demonstration makes lands in TMPDIR, so that what it leaves behind can be seen.
const environment = (programs) => ({ ...process.env, KERROS_BIN: programs, TMPDIR: room });
const run = (programs, ...args) =>
  spawnSync(demo, args, { env: environment(programs), encoding: 'utf8', cwd: os.tmpdir() });

it('shows what the user sees beside what the vendor holds, and leaves nothing behind', () => {
  const { status, stdout, stderr } = run(bin);
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stderr, '');
  const secrets = stdout.match(/none of the 8-byte windows of the plaintext: true/g);
  assert.equal(secrets.length, 2);
  assert.match(stdout, /Salaries {5}8b 4b 52 53 0d 0a 1a 0a/);
  assert.match(stdout, /3 files went from the office[^]*The keys never left the office\.\n/);
  assert.ok(!stdout.includes('\x1b'), 'no colour where nobody watches');
  for (const line of stdout.split('\n')) assert.ok([...line].length <= 100, line);
  assert.deepEqual(fs.readdirSync(room), []);
});

it('fails and says so when the gateway seals nothing', () => {
  const programs = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-programs-'));
  for (const name of ['kerros-gateway', 'kerros-sandbox']) {
    fs.symlinkSync(path.join(bin, name), path.join(programs, name));
  }
  fs.writeFileSync(path.join(programs, 'kerros'),
    `#!/bin/bash\nexec '${path.join(bin, 'kerros')}' "\${@/#\\/Salassa/\\/Elsewhere}"\n`, { mode: 0o755 });
  const { status, stdout, stderr } = run(programs);
  fs.rmSync(programs, { recursive: true });
  assert.equal(status, 1, stdout + stderr);
  assert.equal(stderr, '');
  assert.match(stdout, /Not true: nothing of Salaries 2026\.txt is at the vendor\./);
  assert.match(stdout, /Not true: the register knows the confidential files and no other\./);
  assert.doesNotMatch(stdout, /never left the office/);
  assert.deepEqual(fs.readdirSync(room), []);
});

it('ends with the reason when a program does not start', () => {
  const programs = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-programs-'));
  for (const name of ['kerros', 'kerros-sandbox']) fs.symlinkSync(path.join(bin, name), path.join(programs, name));
  fs.writeFileSync(path.join(programs, 'kerros-gateway'), '#!/bin/sh\necho out of order >&2\nexit 3\n', { mode: 0o755 });
  const { status, stdout } = run(programs);
  fs.rmSync(programs, { recursive: true });
  assert.equal(status, 1, stdout);
  assert.match(stdout, /The demonstration failed: the gateway ended at once \(3\):\nout of order/);
  assert.deepEqual(fs.readdirSync(room), []);
});

// Starts the demonstration to stay; resolves when everything to try has been printed.
async function stayingDemo() {
  const child = spawn(demo, ['--stay'], {
    env: environment(bin), stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const staying = { shown: '', interrupt: () => process.kill(-child.pid, 'SIGINT') };
  staying.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      staying.shown += data;
      if (/the token\n.*\n\n/.test(staying.shown)) resolve();
    });
    staying.ended.then((code) => reject(new Error(`it ended with ${code}:\n${staying.shown}`)));
  });
  return staying;
}

function sh(text) {
  const done = spawnSync('sh', ['-c', text], { cwd: root, encoding: 'utf8' });
  assert.equal(done.status, 0, `${text}\n${done.stderr}`);
  return done.stdout;
}

function tryLines(shown) {
  const line = (what) => shown.split(`  ${what}\n`).at(-1).split('\n')[0];
  const sizes = (what) => new Map(JSON.parse(sh(line(what))).value.map((item) => [item.name, item.size]));
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  sh(line('send a file'));
  assert.equal(sh(line('get it back')), readme);
  assert.match(sh(line("the vendor's disk")), /total/);
  assert.match(sh(line('the register')), /bound +README\.md/);
  assert.match(sh(`${line('health')} --fail`), /./);
  assert.match(sh(line('the token')), /^Authorization: Bearer \S+\n$/);
  const user = sizes('what the user sees');
  const vendor = sizes('what the vendor holds');
  assert.equal(user.get('README.md'), Buffer.byteLength(readme));
  assert.equal(vendor.get('Salaries 2026.txt'), user.get('Salaries 2026.txt') + 528);
}

it('stays with lines to try, which work, until it is interrupted', async () => {
  const staying = await stayingDemo();
  try {
    tryLines(staying.shown);
  } finally {
    staying.interrupt();  // as a terminal does it: the whole group
    assert.equal(await staying.ended, 0);
  }
  assert.deepEqual(fs.readdirSync(room), []);
});

it('refuses what it does not know', () => {
  const { status, stderr } = run(bin, '--loud');
  assert.equal(status, 2);
  assert.match(stderr, /^usage: tools\/demo \[--stay\]\n$/);
});

await cases.play();
fs.rmSync(room, { recursive: true });
