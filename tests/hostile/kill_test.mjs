// Sudden death: node kill_test.mjs BIN_DIR [ROUNDS [SEED]]
// The gateway is killed in the middle of uploads, ROUNDS times, and started again on the same store.
// Every acknowledged upload opens; every other is absent or whole, and can be made again; no key and
// nonce ever sealed two things, by what the cloud received down to the last byte.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import https from 'node:https';
import path from 'node:path';
import { promisify } from 'node:util';

import { Office, randomFrom } from '../support/office.mjs';
import { Executioner, canTrace } from './executioner.mjs';
import { KeyUses } from './key_uses.mjs';
import { PutFile, SessionFile } from './uploads.mjs';
import { Wiretap } from './wiretap.mjs';

const kRounds = Number(process.argv[3] ?? 200);
const kSeed = Number(process.argv[4] ?? 1);
const kSettle = 10;  // rounds
const kLogin = 100;  // rounds; a token lives for an hour
const kOpenSessions = 2;
const kShown = 10;   // failures in full
const kMostWatched = 500;  // rounds of which the cloud may keep every body
const run = promisify(execFile);
const below = randomFrom(kSeed);
const tap = new Wiretap();
const uses = new KeyUses();
const executioner = new Executioner(below);
const office = await Office.open({ bin: process.argv[2], between: (cloud) => tap.before(cloud), watch: kRounds <= kMostWatched });
await office.login();
await office.folder('Salassa');
office.agent = new https.Agent({ keepAlive: false });

const count = {};
const note = (what) => { count[what] = (count[what] ?? 0) + 1; };
const failures = [];
async function must(what, body) {
  try {
    return await body();
  } catch (error) {
    failures.push(`${what}: ${error.stack ?? error}`);
    if (failures.length <= kShown) console.log(`FAILED  ${failures.at(-1)}\n`);
    return undefined;
  }
}

const rewritten = new PutFile('same.bin');
let sessions = [];

// Several uploads at once; the gateway dies somewhere among them. Two of three sessions are there
// before, so that most deaths meet fragments.
async function prepare(round) {
  sessions.push(new SessionFile(`session-${round}.bin`, 1 + below(2_500_000), kSeed + 7 * round, below));
  if (below(3) > 0) await must('in peace', () => sessions.at(-1).create(office));
}

function work(round) {
  const puts = [new PutFile(`small-${round}.bin`), new PutFile(`large-${round}.bin`)];
  const sizes = [below(40_000), 300_000 + below(1_500_000)];
  const going = [
    ...puts.map((file, i) => must(file.path, () => file.send(office, sizes[i], round * 10 + i))),
    must('same.bin', () => rewritten.send(office, 30_000 + below(3) * 5000, round * 10 + 5)),
    ...sessions.map((file) => must(file.path, () => file.go(office))),
  ];
  return { puts, done: Promise.all(going) };
}

async function settle() {
  const state = (await office.cloud.control('GET', '/state')).json;
  uses.settle(new Set(state.sessions.map((session) => session.guid)));
}

async function makeAgain(file, round) {
  await file.send(office, 1000 + below(20_000), round * 10 + 7);
  assert.ok(file.acknowledged, `${file.path}: cannot be made again`);
  assert.equal(await file.verify(office), 'acknowledged');
}

async function afterPut(round, file) {
  const found = await must(`round ${round}`, () => file.verify(office));
  note(`put ${found ?? 'failed'}`);
  if (found === 'absent') await must(`round ${round}, again`, () => makeAgain(file, round));
}

async function afterSession(round, file) {
  const was = file.state;
  const found = await must(`round ${round}`, () => file.verify(office));
  note(`session ${was === found ? found : `${was}, then ${found ?? 'failed'}`}`);
  if (found === undefined) file.state = 'lost';
  if (!file.over) return;
  for (const [status, n] of Object.entries(file.told)) if (n > 0) note(`session told ${status}`);
  if (file.continued > 0) note('session continued after a death');
}

// Listing and verifying read everything: in long runs not every time.
async function booksAgree(round) {
  if (kRounds > 500 && round % 25 !== 0) return;
  const commands = [['audit', 'verify'], ['item', 'list', '--json']];
  await Promise.all(commands.map((command) => must(`round ${round}, kerros ${command.join(' ')}`, () =>
    run(path.join(office.bin, 'kerros'), [...command, '--config', office.configFile], { maxBuffer: 1 << 30 }))));
}

async function afterwards(round, puts) {
  await Promise.all([booksAgree(round), ...[...puts, rewritten].map((file) => afterPut(round, file)),
                     ...sessions.map((file) => afterSession(round, file))]);
  sessions = sessions.filter((file) => !file.over);
  for (const request of tap.take()) await must(`round ${round}, on the wire`, () => uses.add(request));
  if (round % kSettle === 0) await settle();
  if (round % kLogin === 0) await office.login();
}

// In peace the oldest sessions come to their end, so that not ever more of them are on their way.
async function finishOldest(most) {
  while (sessions.length > most) {
    const file = sessions[0];
    for (let tries = 0; tries < 10 && !file.over; tries += 1) {
      await must('in peace', () => file.go(office));
      await afterSession('in peace', file);
    }
    await must('in peace', () => assert.ok(file.over, `${file.path} is still ${file.state}`));
    sessions.shift();
  }
}

// How long a round takes that nobody cuts short: the time among which the clock chooses.
await prepare(0);
const began = performance.now();
const first = work(0);
await first.done;
const duration = (performance.now() - began) * 1.2;
await afterwards(0, first.puts);

let struck = 0;
for (let round = 1; round <= kRounds; round += 1) {
  await prepare(round);
  const armed = await executioner.arm(office, duration);
  const { puts, done } = work(round);
  await done;
  struck += await executioner.finish(office, armed) ? 1 : 0;
  await must(`round ${round}, start`, () => office.startGateway());
  await afterwards(round, puts);
  await finishOldest(kOpenSessions);
}

await finishOldest(0);
await afterwards(kRounds + 1, []);
await must('the end', async () => {
  const records = JSON.parse(office.kerros('item', 'list', '--json').out);
  assert.ok(records.length > kRounds, 'too few records to have shown anything');
  assert.equal(new Set(records.map((record) => record.key_id)).size, records.length);
});
await must('the end', () => {
  assert.ok(struck > kRounds / 3, `only ${struck} of ${kRounds} deaths were sudden`);
  assert.ok(uses.count > kRounds && uses.compared > 0, 'no repeated bytes were compared');
});

console.log(`${kRounds} kills, ${struck} of them at work, ${canTrace ? 'at system calls' : 'by the clock alone (no strace)'}: ` +
  JSON.stringify(executioner.byPoint));
console.log(`${uses.count} keys, ${uses.compared} bytes under a used key and nonce, all the same as before`);
console.log(Object.entries(count).sort().map(([what, n]) => `${n} ${what}`).join('; '));
console.log(`${failures.length === 0 ? kRounds : kRounds - Math.min(kRounds, failures.length)} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
tap.stop();
office.agent.destroy();
await office.stop();
process.exit();  // the tap may still hold connections
