// Uploads by sessions: node upload_sessions_test.mjs BIN_DIR [NUMBER...]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

import { expectError, expectFinal, expectProgress, Session } from '../hostile/session.mjs';
import { noise } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { Conformance, expectRefusal, kUpstreamTraces, sealedSize } from './conformance.mjs';

const kUnit = 327_680;
const kUploadUrl = 'uploadSession\\?guid';
const kPreAuthenticated = { method: 'PUT', path_regex: kUploadUrl };
const room = await Conformance.open();
const { office, shows, fallsShort } = room;
const open = (name, options) => Session.open(office, `/Salassa/${name}`, options);
const ask = (name, options) => Session.ask(office, `/Salassa/${name}`, options);
const gone = (reply) => expectError(reply, 404, 'itemNotFound', 'uploadSessionNotFound');
const fragments = (log) => log.filter(({ method, target }) => method === 'PUT' && /uploadSession\?guid/.test(target));

// Left alone from the start, for the last case: the cloud gives it a few seconds, and the gateway
// looks for such sessions every half minute.
await room.control('POST', '/clock', { offset_ms: -15 * 60_000 + 3000 });
const abandoned = await open('abandoned.bin');
const abandonedUpstream = (await room.state()).sessions.find(({ name }) => name === 'abandoned.bin').guid;
await abandoned.put(noise(700_000, 39), 0, 400_000);
await room.control('POST', '/clock', { offset_ms: 0 });

async function send(session, bytes, size = bytes.length) {
  let reply;
  for (let at = 0; at < bytes.length; at += size) {
    reply = await session.put(bytes, at, Math.min(bytes.length, at + size));
    if (at + size < bytes.length) expectProgress(reply, at + size, bytes.length);
  }
  return reply;
}

shows(19, 'the upload URL is ours in every reply, and of the cloud\'s own nothing is told', async () => {
  const bytes = noise(700_000, 19);
  const session = await open('own-url.bin');
  assert.ok(session.url.startsWith(`https://localhost:${office.port}/kerros/`));
  const replies = [session.reply, await session.put(bytes, 0, 400_000), await session.status(), await session.put(bytes, 400_000, 700_000)];
  for (const reply of replies) assert.doesNotMatch(reply.bytes + JSON.stringify(reply.headers), kUpstreamTraces);
});

shows(20, 'a declared size becomes the sealed one, and the order of keys and what is unknown stays', async () => {
  const text = '{"item":{"@microsoft.graph.conflictBehavior":"replace","fileSize": 5000 ,"fileSystemInfo":{"lastModifiedDateTime":"2026-01-02T03:04:05Z"},"x-own":[1,2]},"deferCommit":false}';
  const log = await room.upstreamDuring(async () => {
    const reply = await ask('declared.bin', { body: text, headers: { 'content-type': 'application/json' } });
    assert.equal(reply.status, 200, `${reply.bytes}`);
    assert.deepEqual(reply.json.nextExpectedRanges, ['0-4999']);
    await office.graph('DELETE', reply.json.uploadUrl);
  });
  const wanted = Buffer.byteLength(text.replace(' 5000 ', ` ${sealedSize(5000)} `));
  const [created] = log.filter(({ target }) => target.endsWith('createUploadSession'));
  const { createHash } = await import('node:crypto');
  const digests = [text.replace(' 5000 ', ` ${sealedSize(5000)} `), text.replace(' 5000 ', `${sealedSize(5000)}`), text.replace('5000', `${sealedSize(5000)}`)]
    .map((one) => createHash('sha256').update(one).digest('hex'));
  assert.ok(digests.includes(created.body_sha256), `${created.body_size} bytes were sent where ${wanted} were expected`);
});

shows(21, 'without a declared size the total is what the first fragment says', async () => {
  const bytes = noise(900_001, 21);
  const session = await open('undeclared.bin', { body: '' });
  assert.deepEqual(session.reply.json.nextExpectedRanges, ['0-']);
  expectFinal(await send(session, bytes, 400_000), bytes.length);
  await room.expectStored('undeclared.bin', bytes);
});

shows(22, 'a fragment sent again is 202 with the true offset, the last one the final answer, and upstream gets each byte once', async () => {
  const bytes = noise(3 * kUnit + 5, 22);
  const log = await room.upstreamDuring(async () => {
    const session = await open('again.bin');
    for (let times = 0; times < 3; times += 1) expectProgress(await session.put(bytes, 0, 2 * kUnit), 2 * kUnit, bytes.length);
    const final = await session.put(bytes, 2 * kUnit, bytes.length);
    expectFinal(final, bytes.length);
    for (let times = 0; times < 2; times += 1) {
      const repeated = await session.put(bytes, 2 * kUnit, bytes.length);
      assert.equal(repeated.status, final.status);
      assert.deepEqual(repeated.json, final.json);
    }
  });
  const sent = fragments(log).map(({ body_size: size }) => size);
  assert.equal(sent.reduce((sum, size) => sum + size, 0), sealedSize(bytes.length));
  await room.expectStored('again.bin', bytes);
});

shows(22, 'a repetition of which a part was taken already is accepted from the true offset on', async () => {
  const bytes = noise(800_000, 122);
  const session = await open('shifted.bin');
  await session.put(bytes, 0, 300_000);
  expectProgress(await session.put(bytes, 300_000, 600_000), 600_000, bytes.length);
  const status = await session.status();
  const at = parseInt(status.json.nextExpectedRanges[0], 10);
  expectFinal(await session.put(bytes, at, bytes.length), bytes.length);
  await room.expectStored('shifted.bin', bytes);
});

shows(23, 'other bytes at the same place end the session before one of them leaves', async () => {
  const bytes = noise(700_000, 23);
  const session = await open('changed.bin');
  expectProgress(await session.put(bytes, 0, 300_000), 300_000, bytes.length);
  const changed = Buffer.from(bytes);
  changed[150_000] ^= 1;
  const log = await room.upstreamDuring(async () => {
    const reply = await session.put(changed, 0, 300_000);
    assert.ok([409, 416].includes(reply.status), `${reply.status}`);
  });
  assert.deepEqual(fragments(log), []);
  gone(await session.status());
  await room.expectNothing('changed.bin');
});

shows(24, 'a fragment that begins in what is held and ends behind it is 416 fragmentOverlap', async () => {
  const bytes = noise(100_000, 24);
  const session = await open('overlap.bin');
  expectProgress(await session.put(bytes, 0, 50_000), 50_000, bytes.length);
  expectError(await session.put(bytes, 40_000, 60_000), 416, 'invalidRange', 'fragmentOverlap');
  expectFinal(await session.put(bytes, 50_000, bytes.length), bytes.length);
  await room.expectStored('overlap.bin', bytes);
});

shows(25, 'a gap is 416 fragmentOutOfOrder, and what was missing is taken then', async () => {
  const bytes = noise(100_000, 25);
  const session = await open('gap.bin');
  expectError(await session.put(bytes, 50_000, 100_000), 416, 'invalidRange', 'fragmentOutOfOrder');
  expectProgress(await session.put(bytes, 0, 50_000), 50_000, bytes.length);
  expectFinal(await session.put(bytes, 50_000, 100_000), bytes.length);
  await room.expectStored('gap.bin', bytes);
});

async function sentInSizes(name, sizes) {
  const bytes = noise(sizes.reduce((a, b) => a + b), `${name} ${sizes}`);
  const log = await room.upstreamDuring(async () => {
    const session = await open(name);
    let at = 0;
    for (const size of sizes) {
      const reply = await session.put(bytes, at, at += size);
      if (at < bytes.length) expectProgress(reply, at, bytes.length);
      else assert.ok([200, 201].includes(reply.status), `${reply.bytes}`);
    }
  });
  const sent = fragments(log).map(({ body_size: size }) => size);
  assert.ok(sent.slice(0, -1).every((size) => size % kUnit === 0), `${sent}`);
  assert.ok(sent.every((size) => size < 62_914_560));
  await room.expectStored(name, bytes);
}

for (const sizes of [[5 * 1024 * 1024 + 1, 5 * 1024 * 1024], [2_000_000, 2_000_000, 1]]) {
  room.shows(26, `fragments of ${sizes} bytes are taken, and reach the cloud in multiples of 320 KiB`, () => sentInSizes('odd.bin', sizes));
}

for (const sizes of [[1, 1, 1], [kUnit, kUnit], [62_586_880, 17], [62_914_560, 3]]) {
  room.shows(27, `fragments of ${sizes} bytes are taken, and reach the cloud below 60 MiB`, () => sentInSizes('sized.bin', sizes));
}

shows(28, 'a Content-Range that is missing or malformed is 400, and the session goes on', async () => {
  const bytes = noise(10, 28);
  const session = await open('malformed.bin');
  for (const range of ['', 'bytes 0-9', 'bytes 0-9/*', '0-9/10', 'bytes 9-0/10', 'bytes 0--1/0', 'bytes 0-9/99999999999999999999', 'lines 0-9/10']) {
    expectError(await session.put(bytes, 0, 10, { headers: { 'content-range': range } }), 400, 'invalidRequest');
  }
  expectFinal(await session.put(bytes, 0, 10), 10);
});

shows(29, 'a length that is not that of the range is 400, and the session goes on', async () => {
  const bytes = noise(50_000, 29);
  const session = await open('lengths.bin');
  for (const range of ['bytes 0-49998/50000', 'bytes 0-49999/49999', 'bytes 0-50000/50001']) {
    expectError(await session.put(bytes, 0, bytes.length, { headers: { 'content-range': range } }), 400, 'invalidRequest');
  }
  expectFinal(await session.put(bytes, 0, bytes.length), bytes.length);
  await room.expectStored('lengths.bin', bytes);
});

// Sends the head of a fragment and a part of it, and hangs up.
function cutFragment(session, bytes, first, end, sent) {
  return new Promise((resolve) => {
    const request = https.request({ method: 'PUT', host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
      path: session.url.replace(/^https:\/\/[^/]+/, ''),
      headers: { 'content-length': end - first, 'content-range': `bytes ${first}-${end - 1}/${bytes.length}` } });
    request.on('error', resolve);
    request.write(bytes.subarray(first, first + sent), () => setTimeout(() => request.destroy(new Error('cut')), 20));
  });
}

async function statusWhenFree(session) {
  let status = await session.status();
  while (status.status === 503) status = await session.status();  // the cut may not be noticed yet
  return status;
}

shows(30, 'a fragment that is cut leaves the offset where it was, and is taken when it comes again', async () => {
  const bytes = noise(900_000, 30);
  const session = await open('cut.bin');
  expectProgress(await session.put(bytes, 0, 300_000), 300_000, bytes.length);
  for (const sent of [1, 299_999, 599_999]) {
    await cutFragment(session, bytes, 300_000, 900_000, sent);
    expectProgress(await statusWhenFree(session), 300_000, bytes.length);
  }
  expectFinal(await session.put(bytes, 300_000, 900_000), bytes.length);
  await room.expectStored('cut.bin', bytes);
});

shows(31, 'half a fragment kept by the cloud with a 503 is made good unseen', async () => {
  const bytes = noise(1_500_000, 31);
  const session = await open('half.bin');
  await room.on('fragment.half', true, { ...kPreAuthenticated, times: 1 });
  expectFinal(await send(session, bytes, 700_000), bytes.length);
  await room.expectStored('half.bin', bytes);
});

async function losing(nth) {
  const bytes = noise(1_500_000, 3200 + nth);
  const session = await open(`lost-${nth}.bin`);
  await room.on('fragment.lost_reply', true, { ...kPreAuthenticated, nth, times: 1 });
  const reply = await send(session, bytes, 700_000);
  assert.ok([200, 201].includes(reply.status), `${reply.status} ${reply.bytes}`);
  assert.equal(reply.json.file.hashes.quickXorHash, quickXor(bytes));
  await room.expectStored(`lost-${nth}.bin`, bytes);
}

shows(32, 'a lost answer to the first fragment is made good unseen', () => losing(1));

shows(32, 'a lost answer to a fragment in the middle is made good unseen', () => losing(2));

fallsShort(32, 'a lost answer to the last fragment is made good unseen',
  'fragments carry no token to look the file up with; the client is told 404 and starts over', () => losing(3));

shows(33, 'throttling in the middle of a session is waited out within a bound', async () => {
  for (const [i, value] of [{ status: 429, retry_after: 1 }, { status: 503, retry_after: 0 }, { status: 429, retry_after: null }].entries()) {
    const bytes = noise(1_500_000, 3300 + i);
    const session = await open(`throttled-${i}.bin`);
    await room.on('throttle', value, { ...kPreAuthenticated, nth: 2, times: 1 });
    expectFinal(await send(session, bytes, 700_000), bytes.length);
    await room.control('DELETE', '/switches');
  }
});

shows(34, 'whatever form the cloud gives its ranges, the client gets one closed range', async () => {
  for (const form of ['open', 'closed', 'several', 'absent', 'empty', 'unaligned']) {
    const bytes = noise(1_200_000, `ranges ${form}`);
    await room.on('ranges.form', form, { path_regex: kUploadUrl });
    const session = await open(`ranges-${form}.bin`);
    expectFinal(await send(session, bytes, 500_000), bytes.length);
    await room.control('DELETE', '/switches');
    await room.expectStored(`ranges-${form}.bin`, bytes);
  }
});

shows(35, 'a session that the cloud forgot is 404 for the client, which starts over and leaves no orphan', async () => {
  const bytes = noise(1_500_000, 35);
  const session = await open('vanished.bin');
  await room.on('session.vanish', true, { ...kPreAuthenticated, nth: 2, times: 1 });
  expectProgress(await session.put(bytes, 0, 700_000), 700_000, bytes.length);
  gone(await session.put(bytes, 700_000, 1_400_000));
  gone(await session.status());
  const again = await open('vanished.bin');
  expectFinal(await send(again, bytes, 700_000), bytes.length);
  await room.expectStored('vanished.bin', bytes);
  assert.ok(!(await room.state()).sessions.some(({ name }) => name === 'vanished.bin'));
});

shows(36, 'the status of a session is one closed range at every point of it, and 404 after', async () => {
  const bytes = noise(600_000, 36);
  const session = await open('status.bin');
  assert.deepEqual((await session.status()).json.nextExpectedRanges, ['0-']);
  for (const [first, end] of [[0, 1], [1, 300_000]]) {
    await session.put(bytes, first, end);
    expectProgress(await session.status(), end, bytes.length);
  }
  expectFinal(await session.put(bytes, 300_000, bytes.length), bytes.length);
  expectError(await session.status(), 404, 'itemNotFound');
});

shows(37, 'a token that is sent with a fragment goes no further', async () => {
  const bytes = noise(5000, 37);
  const session = await open('bearer.bin');
  const headers = { authorization: `Bearer ${office.token}`, cookie: 'rtFa=x', 'x-requestdigest': 'y' };
  const log = await room.upstreamDuring(async () => { expectFinal(await session.put(bytes, 0, 5000, { headers }), 5000); });
  assert.equal((await room.control('GET', '/counters')).authorization_on_tenant, 0);
  const names = fragments(log).flatMap((entry) => entry.headers.map(([name]) => name.toLowerCase()));
  assert.deepEqual(names.filter((name) => ['authorization', 'cookie', 'x-requestdigest'].includes(name)), []);
});

shows(38, 'a cancelled session is cancelled upstream, and its name is free', async () => {
  const bytes = noise(800_000, 38);
  const session = await open('cancelled.bin');
  await session.put(bytes, 0, 400_000);
  const log = await room.upstreamDuring(async () => assert.equal((await session.cancel()).status, 204));
  assert.ok(log.some(({ method, status }) => method === 'DELETE' && status === 204));
  gone(await session.put(bytes, 400_000, 800_000));
  const again = await open('cancelled.bin');
  expectFinal(await send(again, bytes), bytes.length);
});

shows(40, 'a clash at the last fragment is 409, and the client rescues the file by naming our URL as its source', async () => {
  const bytes = noise(600_000, 40);
  const session = await open('clash.bin');
  await room.on('commit.conflict', true, { times: 1 });
  expectRefusal(await session.put(bytes, 0, bytes.length), 409, 'nameAlreadyExists');
  const rescued = await office.graph('PUT', '/me/drive/root:/Salassa/clash.bin', { body: {
    name: 'rescued.bin', '@microsoft.graph.conflictBehavior': 'rename', '@microsoft.graph.sourceUrl': session.url } });
  expectFinal(rescued, bytes.length, rescued.status === 200 ? 200 : 201);
  assert.equal(rescued.json.name, 'rescued.bin');
  await room.expectStored('rescued.bin', bytes);
});

shows(41, 'a deferred commit is 202 until it is asked for by an empty POST', async () => {
  const bytes = noise(400_000, 41);
  const session = await open('deferred.bin', { body: { deferCommit: true } });
  assert.equal((await session.put(bytes, 0, bytes.length)).status, 202);
  assert.equal((await office.get('/Salassa/deferred.bin')).status, 404);
  expectFinal(await office.graph('POST', session.url, { body: '' }), bytes.length);
  await room.expectStored('deferred.bin', bytes);
});

shows(42, 'a gateway that was killed between or within fragments goes on with the session', async () => {
  const bytes = noise(1_600_000, 42);
  const session = await open('restarted.bin');
  expectProgress(await session.put(bytes, 0, 500_000), 500_000, bytes.length);
  await office.killGateway();
  await office.startGateway();
  expectProgress(await session.put(bytes, 500_000, 1_000_000), 1_000_000, bytes.length);
  const under = session.put(bytes, 1_000_000, 1_600_000).catch(() => undefined);
  await office.killGateway();
  await under;
  await office.startGateway();
  const reply = await session.put(bytes, 1_000_000, 1_600_000);
  assert.ok([200, 201].includes(reply.status), `${reply.status} ${reply.bytes}`);
  await room.expectStored('restarted.bin', bytes);
});

shows(44, 'a total that changes on the way is 400, also when it shrinks, and the session goes on', async () => {
  const bytes = noise(100_000, 44);
  const session = await open('totals.bin');
  expectProgress(await session.put(bytes, 0, 50_000), 50_000, bytes.length);
  for (const total of [100_001, 99_999, 60_000]) {
    expectRefusal(await session.put(bytes, 50_000, 60_000, { total }), [400, 416]);
  }
  expectFinal(await session.put(bytes, 50_000, 100_000), bytes.length);
  await room.expectStored('totals.bin', bytes);
});

shows(45, 'only answers on the way hold nextExpectedRanges, the final one is the whole item', async () => {
  const bytes = noise(700_000, 45);
  const session = await open('keys.bin');
  const first = await session.put(bytes, 0, 400_000);
  assert.deepEqual(Object.keys(first.json).filter((key) => !key.startsWith('@')).sort(), ['expirationDateTime', 'nextExpectedRanges']);
  const final = await session.put(bytes, 400_000, 700_000);
  expectFinal(final, bytes.length);
  assert.equal(final.json.file.hashes.quickXorHash, quickXor(bytes));
  assert.equal(final.json.name, 'keys.bin');
});

shows(46, 'a session for no bytes is refused as the cloud refuses it', async () => {
  const session = await open('nothing.bin', { item: { fileSize: 0 } });
  for (const range of ['bytes 0--1/0', 'bytes 0-0/0', 'bytes */0']) {
    expectRefusal(await office.graph('PUT', session.url, { body: '', headers: { 'content-range': range } }), 400, 'invalidRequest');
  }
  assert.equal((await session.cancel()).status, 204);
  await room.expectNothing('nothing.bin');
});

shows(47, 'a session on an item with a stale eTag is 412, by path and by id', async () => {
  const made = await room.put('etag.bin', noise(500, 1));
  await room.put('etag.bin', noise(500, 2));
  const headers = { 'if-match': made.eTag };
  expectRefusal(await ask('etag.bin', { headers }), 412, 'resourceModified');
  expectRefusal(await office.graph('POST', `/me/drive/items/${made.id}/createUploadSession`, { body: {}, headers }), 412, 'resourceModified');
  assert.deepEqual((await room.state()).sessions.filter(({ name }) => name === 'etag.bin'), []);
});

shows(47, 'an item that is replaced by its id through a session keeps its id', async () => {
  const made = await room.put('by-id.bin', noise(500, 1));
  const created = await office.graph('POST', `/me/drive/items/${made.id}/createUploadSession`, { body: {}, headers: { 'if-match': made.eTag } });
  assert.equal(created.status, 200, `${created.bytes}`);
  const bytes = noise(500_000, 47);
  const reply = await office.graph('PUT', created.json.uploadUrl, { body: bytes, headers: { 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` } });
  expectFinal(reply, bytes.length, 200);
  assert.equal(reply.json.id, made.id);
  await room.expectStored('by-id.bin', bytes);
});

shows(48, 'of fragments that are sent at once none is mixed with another', async () => {
  const bytes = noise(1_200_000, 48);
  const session = await open('at-once.bin');
  const replies = await Promise.all([0, 1, 2, 3].map(() => session.put(bytes, 0, 600_000)));
  for (const reply of replies) assert.ok([202, 409, 423, 429, 503].includes(reply.status), `${reply.status} ${reply.bytes}`);
  expectProgress(await statusWhenFree(session), 600_000, bytes.length);
  expectFinal(await session.put(bytes, 600_000, 1_200_000), bytes.length);
  await room.expectStored('at-once.bin', bytes);
});

shows(49, 'a second session on one name is 409', async () => {
  const session = await open('twice.bin');
  expectRefusal(await ask('twice.bin'), 409, 'nameAlreadyExists');
  assert.equal((await session.cancel()).status, 204);
});

shows(39, 'a session that is left alone past its time is cancelled upstream, and gone here', async () => {
  const deadline = Date.now() + 90_000;
  const log = path.join(office.cloud.dir, 'received.log');
  const cancelled = () => fs.readFileSync(log, 'utf8').split('\n').some((line) => {
    const { method, target } = line === '' ? {} : JSON.parse(line);
    return method === 'DELETE' && target.includes(abandonedUpstream);
  });
  while (!cancelled()) {
    assert.ok(Date.now() < deadline, 'never cancelled upstream');
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  }
  gone(await abandoned.status());
});

await room.play();
