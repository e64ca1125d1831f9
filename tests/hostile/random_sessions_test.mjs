// Random upload sessions: node random_sessions_test.mjs BIN_DIR [SESSIONS [SEED]]
// Many clients at once on one gateway, a cloud that fails now and then, and a gateway that is killed
// in between. What was acknowledged opens to the bytes that were sent; whoever does not get that was
// told; and no key and nonce ever sealed two things, by what the cloud received.
import assert from 'node:assert/strict';

import { Office, randomFrom } from '../support/office.mjs';
import { KeyUses } from './key_uses.mjs';
import { RandomClient } from './random_client.mjs';
import { Wiretap } from './wiretap.mjs';

const kSessions = Number(process.argv[3] ?? 200);
const kSeed = Number(process.argv[4] ?? 1);
const kTogether = 40;
const kMostDeaths = 3;  // of one batch
const kUploadUrl = 'uploadSession\\?guid';
const below = randomFrom(kSeed);
const tap = new Wiretap();
const uses = new KeyUses();
const failures = [];
const count = {};
const add = (did) => Object.entries(did).forEach(([what, n]) => { count[what] = (count[what] ?? 0) + n; });

const office = await Office.open({ bin: process.argv[2], between: (cloud) => tap.before(cloud) });
await office.login();
await office.folder('Salassa');
const control = async (method, target, body) => (await office.cloud.control(method, target, body)).json;

async function must(what, body) {
  try {
    return await body();
  } catch (error) {
    failures.push(what);
    if (failures.length <= 10) console.log(`FAILED  seed ${kSeed}, ${what}: ${error.stack ?? error}\n`);
    return undefined;
  }
}

// What a cloud does on a bad day; each hits whichever client comes next.
const kFaults = [
  ['fragment.half', true], ['fragment.lost_reply', true], ['5xx.effective', 503], ['fail', 500],
  ['throttle', { status: 429, retry_after: 1 }], ['throttle', { status: 503, retry_after: null }],
  ['tls.close', { after: 0, reset: true }], ['session.vanish', true], ['ranges.form', 'closed'], ['ranges.form', 'open'],
];
async function badDay() {
  await control('DELETE', '/switches');
  for (let i = 0; i < 8; i += 1) {
    const [name, value] = kFaults[below(kFaults.length)];
    await control('POST', '/switches', { name, value, match: { method: 'PUT', path_regex: kUploadUrl, nth: 1 + below(60), times: 1 } });
  }
}

async function batch(first, size) {
  const clients = Array.from({ length: size }, (_, i) => new RandomClient(office, first + i, kSeed * 1_000_000 + first + i));
  await control('DELETE', '/switches');
  await Promise.all(clients.map((client) => must(`${client.path}, begin`, () => client.begin())));
  await badDay();
  const going = () => clients.filter((client) => !client.over && !client.broken && client.session);
  for (let deaths = 0; going().length > 0; deaths += 1) {
    const all = Promise.all(going().map((client) => must(client.path, async () => {
      client.broken = true;
      await client.go();
      client.broken = false;
    })));
    if (deaths < kMostDeaths && below(2) === 0) {
      const after = 20 + below(600);
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, after))]);
      await office.killGateway();
      count.death = (count.death ?? 0) + 1;
      await all;
      await office.startGateway();
    } else {
      await all;
    }
    assert.ok(deaths < 200, 'clients never come to their end');
  }
  await control('DELETE', '/switches');
  for (const client of clients) {
    add({ ...client.did, [client.state]: 1 });
    if (client.session && !client.broken) await must(`${client.path}, verify`, () => client.verify());
  }
  for (const request of tap.take()) await must(`${request.target}, on the wire`, () => uses.add(request));
  uses.settle(new Set((await control('GET', '/state')).sessions.map((session) => session.guid)));
}

for (let first = 0; first < kSessions; first += kTogether) {
  await office.login();  // a token lives for an hour
  await batch(first, Math.min(kTogether, kSessions - first));
}

await must('the log', () => assert.equal(office.kerros('audit', 'verify').code, 0));
console.log(`seed ${kSeed}: ${kSessions} sessions, ${uses.count} keys, ${uses.compared} bytes came again; `
  + Object.entries(count).sort().map(([what, n]) => `${what} ${n}`).join(', '));
for (const what of ['done', 'repeat', 'cut']) assert.ok(count[what] > 0, `${what} never happened`);
console.log(`${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
tap.stop();
await office.stop();
