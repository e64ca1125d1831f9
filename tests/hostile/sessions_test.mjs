// Upload sessions under every client's habits: node sessions_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import https from 'node:https';

import { Office, noise, randomFrom } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { expectError, expectFinal, expectProgress, Session } from './session.mjs';

const cases = new Cases();
const below = randomFrom(4);
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');

const control = async (...args) => (await office.cloud.control(...args)).json;
const openUpstream = async () => (await control('GET', '/state')).sessions.length;
async function expectStored(drivePath, content) {
  const reply = await office.get(drivePath);
  assert.equal(reply.status, 200);
  assert.ok(reply.bytes.equals(content), `${drivePath}: other bytes`);
}

// --- the plain course ---
await cases.check('a new session shows our own URL and one range', async () => {
  const plain = await Session.open(office, '/Salassa/new.bin');
  assert.deepEqual(plain.reply.json.nextExpectedRanges, ['0-']);
  assert.ok(plain.url.startsWith(`https://localhost:${office.port}/kerros/`), plain.url);
  assert.doesNotMatch(plain.reply.bytes.toString() + JSON.stringify(plain.reply.headers), /sharepoint|tempauth/);
  assert.equal((await plain.cancel()).status, 204);
  const sized = await Session.open(office, '/Salassa/new.bin', { item: { fileSize: 500 } });
  assert.deepEqual(sized.reply.json.nextExpectedRanges, ['0-499']);
  assert.equal((await sized.cancel()).status, 204);
});

async function randomCourse(i) {
  const drivePath = `/Salassa/random-${i}.bin`;
  const content = noise(1 + below(2 ** (1 + below(21))), i);
  const session = await Session.open(office, drivePath);
  const largest = Math.max(1, Math.ceil(content.length / (1 + below(12))));
  for (let at = 0; at < content.length;) {
    const end = Math.min(content.length, at + 1 + below(largest));
    for (let times = 1 + (below(3) === 0 ? 1 + below(2) : 0); times > 0; times -= 1) {
      const reply = await session.put(content, at, end);
      if (end === content.length) expectFinal(reply, content.length);
      else expectProgress(reply, end, content.length);
    }
    if (end < content.length && below(3) === 0) expectProgress(await session.status(), end, content.length);
    at = end;
  }
  expectError(await session.status(), 404, 'itemNotFound');
  await expectStored(drivePath, content);
}
await cases.check('fragments of any size, some sent again, make the file', async () => {
  for (let i = 0; i < 60; i += 4) await Promise.all([0, 1, 2, 3].map((n) => randomCourse(i + n)));
});

for (const [name, sizes] of Object.entries({ 'of one byte each': [1, 1, 1, 1, 1], 'at chunk borders': [16384, 16384, 1, 16383, 16384, 5],
  'beside chunk borders': [16383, 16385, 16384, 2], 'of 320 KiB': [327680, 327680, 327680], 'of 5 MiB + 1, and the rest of one byte': [5242881, 1],
  'just below 60 MiB': [62914559, 1000], 'of 60 MiB and above': [62914560, 63000000, 7] })) {
  await cases.check(`fragments ${name} make the file`, async () => {
    const content = noise(sizes.reduce((a, b) => a + b), sizes.length);
    const session = await Session.open(office, '/Salassa/sizes.bin');
    let at = 0;
    for (const size of sizes) {
      const reply = await session.put(content, at, at + size);
      at += size;
      if (at < content.length) expectProgress(reply, at, content.length);
      else assert.ok([200, 201].includes(reply.status), `${reply.bytes}`);
    }
    await expectStored('/Salassa/sizes.bin', content);
  });
}

await cases.check('a replaced file is answered by 200 and a deferred commit by 202, then 201', async () => {
  const content = noise(400000, 3);
  const replace = await Session.open(office, '/Salassa/sizes.bin');
  expectFinal(await replace.put(content, 0, content.length), content.length, 200);
  const deferred = await Session.open(office, '/Salassa/deferred.bin', { body: { deferCommit: true } });
  assert.equal((await deferred.put(content, 0, content.length)).status, 202);
  assert.equal((await office.get('/Salassa/deferred.bin')).status, 404);
  expectFinal(await office.graph('POST', deferred.url, { body: '' }), content.length);
  await expectStored('/Salassa/deferred.bin', content);
});

// --- repeats with other bytes ---
// Places of the changed byte: sealed chunks, the plain tail that waits, a fragment without a chunk.
for (const [first, end, place] of [[0, 300000, 0], [0, 300000, 150000], [0, 300000, 299999], [300000, 300100, 300050], [200000, 500000, 200001]]) {
  await cases.check(`a repeat of ${first}-${end} with another byte at ${place} is refused and ends the session`, async () => {
    const name = `changed-${first}-${end}-${place}.bin`;
    const content = noise(700000, 5);
    const session = await Session.open(office, `/Salassa/${name}`);
    if (first > 0) await session.put(content, 0, first);
    expectProgress(await session.put(content, first, end), end, content.length);
    const changed = Buffer.from(content);
    changed[place] ^= 0x40;
    expectError(await session.put(changed, first, end), 409, 'resourceModified');
    expectError(await session.status(), 404, 'itemNotFound', 'uploadSessionNotFound');
    expectError(await session.put(content, first, end), 404, 'itemNotFound', 'uploadSessionNotFound');
    assert.equal((await office.get(`/Salassa/${name}`)).status, 404);
    const again = await Session.open(office, `/Salassa/${name}`);
    expectFinal(await again.put(changed, 0, changed.length), changed.length);
    await expectStored(`/Salassa/${name}`, changed);
  });
}

await cases.check('a changed repeat of a finished file is answered by the item as it is, and changes nothing', async () => {
  const content = noise(50000, 6);
  const session = await Session.open(office, '/Salassa/finished.bin');
  const final = await session.put(content, 0, content.length);
  const reply = await session.put(noise(50000, 7), 0, 50000);
  if (reply.status !== 409) assert.deepEqual(reply.json, final.json);
  await expectStored('/Salassa/finished.bin', content);
});

// --- what cannot be taken ---
await cases.check('gaps, overlaps, other totals and other lengths are refused, and the session goes on', async () => {
  const content = noise(100000, 8);
  const session = await Session.open(office, '/Salassa/strict.bin');
  expectError(await session.put(content, 50, 100), 416, 'invalidRange', 'fragmentOutOfOrder');
  expectProgress(await session.put(content, 0, 50000), 50000, content.length);
  expectError(await session.put(content, 60000, 70000), 416, 'invalidRange', 'fragmentOutOfOrder');
  expectError(await session.put(content, 40000, 60000), 416, 'invalidRange', 'fragmentOverlap');
  expectError(await session.put(content, 0, 60000), 416, 'invalidRange', 'fragmentOverlap');
  expectError(await session.put(content, 50000, 60000, { total: 100001 }), 400, 'invalidRequest');
  expectError(await session.put(content, 50000, 60000, { headers: { 'content-range': 'bytes 50000-59998/100000' } }), 400, 'invalidRequest');
  expectError(await session.put(content, 50000, 60000, { headers: { 'content-range': 'bytes 50000-60000/100000' } }), 400, 'invalidRequest');
  expectProgress(await session.status(), 50000, content.length);
  expectFinal(await session.put(content, 50000, 100000), content.length);
  await expectStored('/Salassa/strict.bin', content);
});

await cases.check('a malformed Content-Range is refused, and the session goes on', async () => {
  const content = noise(10, 9);
  const session = await Session.open(office, '/Salassa/malformed.bin');
  for (const range of ['', 'bytes', 'bytes ', 'bytes 0-9', 'bytes */10', 'bytes 0-9/*', '0-9/10', 'bytes=0-9/10', 'bytes 9-0/10', 'bytes 0-9/5',
    'bytes 0-10/10', 'bytes 0--1/0', 'bytes -1-9/10', 'bytes 0-/10', 'bytes -9/10', 'bytes a-b/10', 'bytes 0x0-9/10', 'bytes 0-9/10/10',
    'bytes 0-9,10-19/20', 'bytes 0-9/99999999999999999999', 'bytes +0-9/10', 'lines 0-9/10', 'bytes 0-9/-10']) {
    expectError(await session.put(content, 0, 10, { headers: { 'content-range': range } }), 400, 'invalidRequest');
  }
  assert.deepEqual((await session.status()).json.nextExpectedRanges, ['0-']);
  expectFinal(await session.put(content, 0, 10), 10);
});

await cases.check('a total that no sealed file can hold is refused', async () => {
  const session = await Session.open(office, '/Salassa/absurd.bin');
  for (const total of ['268435456001', '300000000000', '9223372036854775807', '18446744073709551615']) {
    const reply = await session.put(noise(10), 0, 10, { headers: { 'content-range': `bytes 0-9/${total}` } });
    assert.ok([400, 413].includes(reply.status), `${total}: ${reply.status}`);
  }
  await session.cancel();
});

await cases.check('a fragment without a length is refused by 411', async () => {
  const session = await Session.open(office, '/Salassa/chunked.bin');
  const reply = await new Promise((resolve, reject) => {
    const request = https.request({ method: 'PUT', host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
      path: session.url.replace(/^https:\/\/[^/]+/, ''), headers: { 'content-range': 'bytes 0-9/10', 'transfer-encoding': 'chunked' } },
    (response) => { response.resume(); resolve(response); });
    request.on('error', reject);
    request.end('0123456789');
  });
  assert.equal(reply.statusCode, 411);
  await session.cancel();
});

// --- the end of a session ---
await cases.check('a cancelled session is gone on both sides and its name is free', async () => {
  const content = noise(800000, 10);
  const before = await openUpstream();
  const session = await Session.open(office, '/Salassa/cancel.bin');
  await session.put(content, 0, 400000);
  expectError(await Session.ask(office, '/Salassa/cancel.bin'), 409, 'nameAlreadyExists');
  assert.equal((await session.cancel()).status, 204);
  assert.equal(await openUpstream(), before);
  for (const reply of [await session.cancel(), await session.status(), await session.put(content, 400000, 800000)]) {
    expectError(reply, 404, 'itemNotFound', 'uploadSessionNotFound');
  }
  const again = await Session.open(office, '/Salassa/cancel.bin');
  expectFinal(await again.put(content, 0, content.length), content.length);
});

await cases.check('a URL that was not issued here, or was changed, is no session', async () => {
  const session = await Session.open(office, '/Salassa/token.bin');
  const at = session.url.length - 20;
  const changed = `${session.url.slice(0, at)}${session.url[at] === 'A' ? 'B' : 'A'}${session.url.slice(at + 1)}`;
  for (const url of [changed, session.url.slice(0, -1), `${session.url}A`, session.url.replace(/[^/]+$/, 'x')]) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const reply = await office.graph(method, url, method === 'PUT' ? { body: noise(5), headers: { 'content-range': 'bytes 0-4/5' } } : {});
      assert.equal(reply.status, 404, `${method} ${url.slice(-30)}`);
    }
  }
  assert.equal((await session.cancel()).status, 204);
});

await cases.check('a fragment cut on its way leaves the offset where it was', async () => {
  const content = noise(900000, 11);
  const session = await Session.open(office, '/Salassa/cut.bin');
  expectProgress(await session.put(content, 0, 300000), 300000, content.length);
  for (const sent of [0, 1, 20000, 299999]) {
    await new Promise((resolve) => {
      const request = https.request({ method: 'PUT', host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
        path: session.url.replace(/^https:\/\/[^/]+/, ''), headers: { 'content-length': 600000, 'content-range': 'bytes 300000-899999/900000' } });
      request.on('error', resolve);
      request.write(content.subarray(300000, 300000 + sent), () => setTimeout(() => request.destroy(new Error('cut')), 20));
    });
    let status = await session.status();
    while (status.status === 503) status = await session.status();  // the cut may not be noticed yet
    expectProgress(status, 300000, content.length);
  }
  expectFinal(await session.put(content, 300000, 900000), content.length);
  await expectStored('/Salassa/cut.bin', content);
});

await cases.check('a token sent to our upload URL goes no further', async () => {
  const session = await Session.open(office, '/Salassa/bearer.bin');
  const content = noise(1000, 12);
  expectFinal(await session.put(content, 0, 1000, { headers: { authorization: `Bearer ${office.token}`, cookie: 'a=b' } }), 1000);
  const seen = await control('GET', '/log');
  assert.equal((await control('GET', '/counters')).authorization_on_tenant, 0);
  assert.ok(seen.every((entry) => !(entry.headers ?? []).some(([name]) => name.toLowerCase() === 'cookie')));
});

await cases.check('voided sessions are in the audit log, and nothing is left open upstream', async () => {
  const records = JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out);
  assert.equal(records.filter((record) => record.event === 'session-voided').length, 5);
  assert.equal(await openUpstream(), 0);
});

cases.end();
await office.stop();
