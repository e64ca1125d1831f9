// Single cases of upload sessions, each to the letter: node session_cases_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import https from 'node:https';

import { Office, noise } from '../support/office.mjs';
import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';
import { expectError, expectFinal, expectProgress, Session } from './session.mjs';

const kUploadUrl = 'uploadSession\\?guid';
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2], protect: ['/Salassa/**', '/Board/*.docx', '/Nowhere/*.docx'] });
await office.login();
await office.folder('Salassa');
await office.folder('Plain');
await office.folder('Board');

const control = async (method, target, body) => {
  const reply = await office.cloud.control(method, target, body);
  assert.equal(reply.status, 200, `${reply.bytes}`);
  return reply.json;
};
const upstream = async (drivePath) => (await control('GET', '/state')).sessions.filter((session) => drivePath.endsWith(`/${session.name}`));
async function switched(name, value, match, body) {
  await control('POST', '/switches', { name, value, match });
  try {
    const result = await body();
    assert.ok((await control('GET', '/switches')).every((rule) => rule.applied > 0), `${name} was never applied`);
    return result;
  } finally {
    await control('DELETE', '/switches');
  }
}
async function expectStored(drivePath, content) {
  const reply = await office.get(drivePath);
  assert.equal(reply.status, 200, `${drivePath}: ${reply.status} ${reply.bytes.subarray(0, 300)}`);
  assert.ok(reply.bytes.equals(content), `${drivePath}: other bytes`);
}
const events = (name) => JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out)
  .filter((record) => record.event === name);
const detail = (record, name) => JSON.stringify(record).includes(name);

// --- the commit that a client makes itself ---
const clash = (body) => switched('commit.conflict', true, { path_regex: kUploadUrl, times: 1 }, body);
const commit = (drivePath, source, body = {}, key = '@microsoft.graph.sourceUrl') =>
  office.graph('PUT', `/me/drive/root:${drivePath}`,
    { body: { '@microsoft.graph.conflictBehavior': 'rename', ...body, [key]: source } });

for (const key of ['@microsoft.graph.sourceUrl', '@content.sourceUrl']) {
  await cases.check(`after a name clash at the last fragment ${key} commits the session`, async () => {
    const name = key.includes('content') ? 'b' : 'a';
    const content = noise(900_000, 1);
    const session = await Session.open(office, `/Salassa/clash-${name}.bin`, { behavior: 'fail' });
    expectProgress(await session.put(content, 0, 400_000), 400_000, content.length);
    expectError(await clash(() => session.put(content, 400_000, 900_000)), 409, 'nameAlreadyExists');
    expectError(await session.put(content, 400_000, 900_000), 409, 'nameAlreadyExists');
    expectError(await session.put(content, 0, 400_000), 409, 'nameAlreadyExists');
    const done = await commit(`/Salassa/rescued-${name}.bin`, session.url, { name: `rescued-${name}.bin` }, key);
    expectFinal(done, content.length);
    assert.equal(done.json.name, `rescued-${name}.bin`);
    await expectStored(`/Salassa/rescued-${name}.bin`, content);
    assert.deepEqual((await commit(`/Salassa/rescued-${name}.bin`, session.url, {}, key)).json, done.json);
    assert.deepEqual(await upstream(session.path), []);
    for (const entry of await control('GET', '/log')) assert.doesNotMatch(JSON.stringify(entry), /kerros\/upload/);
  });
}

await cases.check('a changed repeat after a name clash ends the session', async () => {
  const content = noise(100_000, 2);
  const session = await Session.open(office, '/Salassa/clash-changed.bin');
  expectError(await clash(() => session.put(content, 0, content.length)), 409, 'nameAlreadyExists');
  expectError(await session.put(noise(100_000, 3), 0, content.length), 409, 'resourceModified');
  expectError(await commit('/Salassa/clash-changed.bin', session.url), 404, 'itemNotFound', 'uploadSessionNotFound');
  assert.deepEqual(await upstream(session.path), []);
});

await cases.check('a deferred session can be committed by its source as well', async () => {
  const content = noise(70_000, 4);
  const session = await Session.open(office, '/Salassa/deferred.bin', { body: { deferCommit: true } });
  expectError(await commit('/Salassa/deferred.bin', session.url), 416, 'invalidRange', 'fragmentOutOfOrder');
  assert.equal((await session.put(content, 0, content.length)).status, 202);
  expectFinal(await commit('/Salassa/deferred.bin', session.url), content.length);
  await expectStored('/Salassa/deferred.bin', content);
});

await cases.check('no other address is taken for the source of a file', async () => {
  const session = await Session.open(office, '/Salassa/source.bin');
  for (const source of ['https://contoso.sharepoint.com/_api/v2.0/drives/d/items/i/uploadSession?guid=\'x\'',
    session.url.replace('localhost', 'elsewhere'), `http${session.url.slice(5)}`, session.url.replace('/upload/', '/download/')]) {
    expectError(await commit('/Salassa/source.bin', source), 403, 'accessDenied');
  }
  expectError(await commit('/Salassa/source.bin', `${session.url.slice(0, -3)}AAA`), 404, 'itemNotFound');
  expectError(await office.graph('PUT', '/me/drive/root:/Salassa/source.bin', { body: { file: {} } }), 403, 'accessDenied');
  expectError(await office.graph('PUT', '/me/drive/root:/Salassa/source.bin', { body: { '@content.sourceUrl': session.url, '@microsoft.graph.sourceUrl': 'https://x/' } }),
    403, 'accessDenied');
  assert.equal((await session.cancel()).status, 204);
});

await cases.check('a session of an ordinary file commits in ordinary places and in no other', async () => {
  const content = noise(50_000, 5);
  const session = await Session.open(office, '/Plain/clash.bin', { behavior: 'fail' });
  expectError(await clash(() => session.put(content, 0, content.length)), 409, 'nameAlreadyExists');
  expectError(await commit('/Salassa/stolen.bin', session.url), 403, 'accessDenied');
  const done = await commit('/Plain/rescued.bin', session.url, { name: 'rescued.bin' });
  assert.equal(done.status, 201, `${done.bytes}`);
  assert.doesNotMatch(done.bytes.toString(), /tempauth/);
  await expectStored('/Plain/rescued.bin', content);
  assert.equal((await office.get('/Salassa/stolen.bin')).status, 404);
});

await cases.check('a session of an ordinary file commits in no reading of its address in a protected place', async () => {
  const content = noise(50_000, 55);
  const session = await Session.open(office, '/Board/a.tmp', { behavior: 'fail' });
  expectError(await clash(() => session.put(content, 0, content.length)), 409, 'nameAlreadyExists');
  for (const [at, name] of [['/Board', 'plan.docx'], ['/Board/a.docx', 'a.tmp'], ['/Board/a.tmp', 'plan.docx'], ['/Plain/x', 'plan.docx'],
    ['/Plain/plan.docx', undefined]])
    expectError(await commit(at, session.url, { name }), 403, 'accessDenied');
  const named = await Session.open(office, '/Plain/plan.docx', { behavior: 'fail' });
  expectError(await clash(() => named.put(content, 0, content.length)), 409, 'nameAlreadyExists');
  expectError(await commit('/Board', named.url), 403, 'accessDenied');
  for (const name of ['../Board/plan.docx', 'Board\\plan.docx']) {
    expectError(await commit('/Plain/y', session.url, { name }), 400, 'invalidRequest');
    expectError(await Session.ask(office, '/Plain/y', { item: { name } }), 400, 'invalidRequest');
  }
  assert.equal((await office.stored('plan.docx')), undefined);
  for (const one of [session, named]) assert.equal((await one.cancel()).status, 204);
});

await cases.check('a session whose body names a file in the address as in a folder is sealed for it', async () => {
  // The cloud refuses two names; that it does is not what keeps the plaintext here.
  expectError(await Session.ask(office, '/Nowhere', { item: { name: 'plan.docx' } }), 400, 'invalidRequest');
  assert.ok(events('upload-intent').some((record) => detail(record, '/Nowhere/plan.docx')));
});

await cases.check('what would be fetched by the cloud, or tells of the plain bytes, opens no session', async () => {
  const source = '@microsoft.graph.sourceUrl';
  for (const folder of ['Salassa', 'Plain'])
    for (const body of [{ item: { [source]: null, '@content.sourceUrl': 'https://foreign.test/x' } },
      { item: { [source]: '' }, [source]: 'https://foreign.test/x' }, { item: {}, [source]: null }])
      expectError(await Session.ask(office, `/${folder}/fetched.bin`, { body }), 403, 'accessDenied');
  for (const item of [{ size: 4711 }, { file: { hashes: { sha1Hash: 'x' } } }])
    expectError(await Session.ask(office, '/Salassa/told.bin', { item }), 403, 'accessDenied');
  expectError(await Session.ask(office, '/Salassa/told.bin', { body: { size: 4711 } }), 403, 'accessDenied');
});

await cases.check('who commits a session of somebody else is on record, with whose session it was', async () => {
  const content = noise(40_000, 56);
  const { id } = (await control('GET', '/state')).drives.find((one) => one.type === 'documentLibrary');
  await office.folder('Salassa', `/drives/${id}/root`);
  const made = await office.graph('POST', `/drives/${id}/root:/Salassa/two-people.bin:/createUploadSession`, { body: {} });
  const session = Object.assign(new Session(), { office, url: made.json.uploadUrl });
  expectError(await clash(() => session.put(content, 0, content.length)), 409, 'nameAlreadyExists');
  const token = await office.cloud.login('ville@contoso.test');
  const done = await office.graph('PUT', `/drives/${id}/root:/Salassa/by-another.bin`,
    { token, body: { name: 'by-another.bin', '@microsoft.graph.sourceUrl': session.url } });
  assert.equal(done.status, 201, `${done.bytes}`);
  const record = await until('its outcome on record',
    () => events('upload-done').find((one) => JSON.stringify(one).includes(done.json.id)));
  assert.match(record.actor, /ville/);
  assert.match(record.details['session-of'], /aino/);
});

// --- the last answer lost ---
const kWhole = {
  'the answer to a name clash was lost': async (session, content) => switched('tls.close', { after: 0, reset: true }, { path_regex: kUploadUrl, method: 'PUT', times: 1 },
    () => clash(() => session.put(content, 0, content.length))),
  'a lock stood in the way': async (session, content) => {
    const locked = await switched('lock', true, { method: 'PUT', path_regex: kUploadUrl, times: 1 }, () => session.put(content, 0, content.length));
    assert.equal(locked.status, 423);
    await office.killGateway();
    await office.startGateway();
    return session.put(content, 0, content.length);
  },
};
for (const [what, send] of Object.entries(kWhole)) {
  await cases.check(`a session that upstream has whole is kept when ${what}`, async () => {
    const content = noise(600_000, 57);
    const name = `kept-${what.length}.bin`;
    const session = await Session.open(office, `/Salassa/whole-${name}`, { behavior: 'fail' });
    expectError(await send(session, content), 409, 'nameAlreadyExists');
    expectFinal(await commit(`/Salassa/${name}`, session.url, { name }), content.length);
    await expectStored(`/Salassa/${name}`, content);
  });
}

await cases.check('a deferred session is whole when its last answer was lost and its status names no range', async () => {
  const content = noise(500_000, 58);
  const session = await Session.open(office, '/Salassa/deferred-whole.bin', { body: { deferCommit: true } });
  const reply = await switched('fragment.lost_reply', true, { path_regex: kUploadUrl, method: 'PUT', times: 1 },
    () => switched('ranges.form', 'empty', { path_regex: kUploadUrl, method: 'GET' }, () => session.put(content, 0, content.length)));
  assert.equal(reply.status, 202, `${reply.bytes}`);
  expectFinal(await commit('/Salassa/deferred-whole.bin', session.url), content.length);
  await expectStored('/Salassa/deferred-whole.bin', content);
});

// --- repeats ---
await cases.check('case 22: after a 416 the rest of a fragment is taken from where the status says', async () => {
  const content = noise(700_000, 6);
  const session = await Session.open(office, '/Salassa/rest.bin');
  expectProgress(await session.put(content, 0, 200_000), 200_000, content.length);
  expectError(await session.put(content, 100_000, 500_000), 416, 'invalidRange', 'fragmentOverlap');
  const next = Number((await session.status()).json.nextExpectedRanges[0].split('-')[0]);
  expectProgress(await session.put(content, next, 500_000), 500_000, content.length);
  expectProgress(await session.put(content, 350_000, 500_000), 500_000, content.length);  // its second half again
  expectFinal(await session.put(content, 500_000, 700_000), content.length);
  await expectStored('/Salassa/rest.bin', content);
});

await cases.check('case 25: a fragment that came too early is taken later', async () => {
  const content = noise(600_000, 7);
  const session = await Session.open(office, '/Salassa/early.bin');
  expectError(await session.put(content, 300_000, 600_000), 416, 'invalidRange', 'fragmentOutOfOrder');
  expectProgress(await session.put(content, 0, 300_000), 300_000, content.length);
  expectFinal(await session.put(content, 300_000, 600_000), content.length);
  await expectStored('/Salassa/early.bin', content);
});

await cases.check('case 26: the cloud never sees a fragment that is not a multiple of 320 KiB, but the last', async () => {
  const content = noise(12_000_000, 8);
  const session = await Session.open(office, '/Salassa/multiples.bin');
  for (const [first, end] of [[0, 1], [1, 2_000_000], [2_000_000, 7_242_881], [7_242_881, 12_000_000]]) await session.put(content, first, end);
  await expectStored('/Salassa/multiples.bin', content);
  const ranges = (await control('GET', '/log')).filter((entry) => entry.method === 'PUT' && entry.target.includes('uploadSession?'))
    .map((entry) => entry.headers.find(([name]) => name.toLowerCase() === 'content-range')[1].match(/(\d+)-(\d+)\/(\d+)/).slice(1).map(Number));
  assert.ok(ranges.length > 0);
  for (const [first, last, total] of ranges) {
    assert.ok(last + 1 === total || (last + 1 - first) % 327_680 === 0, `${first}-${last}/${total}`);
    assert.ok(last + 1 - first < 60 * 2 ** 20);
  }
  assert.equal((await control('GET', '/counters')).refused_fragments, 0);
});

// --- what the cloud says ---
for (const form of ['open', 'closed', 'several', 'absent', 'empty', 'unaligned']) {
  await cases.check(`case 34: a new session has one range when the cloud's are ${form}`, () =>
    switched('ranges.form', form, {}, async () => {
      const session = await Session.open(office, `/Salassa/ranges-${form}.bin`);
      assert.deepEqual(session.reply.json.nextExpectedRanges, ['0-']);
      assert.equal((await session.cancel()).status, 204);
    }));
}

const throttled = (retry_after, times, body) =>
  switched('throttle', { status: 429, retry_after }, { method: 'PUT', path_regex: kUploadUrl, times }, body);
for (const retry_after of [-1, '1.5', 'soon', '', '1e9']) {
  await cases.check(`case 33: 429 with Retry-After ${JSON.stringify(retry_after)} is waited out unseen`, async () => {
    const content = noise(5000, 9);
    const session = await Session.open(office, '/Salassa/throttled.bin');
    const reply = await throttled(retry_after, 1, () => session.put(content, 0, content.length));
    assert.ok([200, 201].includes(reply.status), `${reply.status} ${reply.bytes}`);
    await expectStored('/Salassa/throttled.bin', content);
  });
}
await cases.check('case 33: a wait that no client would sit out is passed on, and the session goes on', async () => {
  const content = noise(5000, 10);
  const session = await Session.open(office, '/Salassa/long.bin');
  const reply = await throttled(1_000_000_000, 1, () => session.put(content, 0, content.length));
  assert.equal(reply.status, 429);
  assert.equal(reply.headers['retry-after'], '1000000000');
  expectFinal(await session.put(content, 0, content.length), content.length);
});

await cases.check('an empty final answer is made good where the gateway has a token to ask with', async () => {
  const content = noise(60_000, 16);
  const session = await Session.open(office, '/Salassa/empty-answer.bin');
  expectError(await clash(() => session.put(content, 0, content.length)), 409, 'nameAlreadyExists');
  const done = await switched('final.empty', true, { times: 1 }, () => commit('/Salassa/empty-answer.bin', session.url));
  expectFinal(done, content.length);
  await expectStored('/Salassa/empty-answer.bin', content);
});

await cases.check('case 47: a file that changed meanwhile is told by 412', async () => {
  assert.equal((await office.put('/Salassa/matched.bin', noise(100, 11))).status, 201);
  const item = (await office.graph('GET', '/me/drive/root:/Salassa/matched.bin')).json;
  const content = noise(400_000, 12);
  const session = await Session.open(office, '/Salassa/matched.bin', { headers: { 'if-match': item.eTag } });
  expectProgress(await session.put(content, 0, 100_000), 100_000, content.length);
  assert.equal((await office.graph('PATCH', `/me/drive/items/${item.id}`, { body: { description: 'changed' } })).status, 200);
  const reply = await session.put(content, 100_000, content.length);
  assert.equal(reply.status, 412, `${reply.status} ${reply.bytes}`);
  await expectStored('/Salassa/matched.bin', noise(100, 11));
  assert.equal((await session.cancel()).status, 204);
  expectError(await Session.ask(office, '/Salassa/matched.bin', { headers: { 'if-match': '"{OTHER},1"' } }), 412, 'resourceModified');
});

await cases.check('case 46: a session cannot make an empty file', async () => {
  const session = await Session.open(office, '/Salassa/empty.bin');
  expectError(await office.graph('PUT', session.url, { body: '', headers: { 'content-range': 'bytes 0--1/0' } }), 400, 'invalidRequest');
  expectError(await office.graph('POST', session.url, { body: '' }), 416, 'invalidRange');
  assert.equal((await session.cancel()).status, 204);
});

await cases.check('case 49: two sessions on one name', async () => {
  const session = await Session.open(office, '/Salassa/twice.bin');
  const second = await Session.ask(office, '/Salassa/twice.bin');
  expectError(second, 409, 'nameAlreadyExists');
  assert.equal(second.headers['retry-after'], undefined);
  assert.equal((await session.cancel()).status, 204);
});

await cases.check('case 111: a cancel at a doubled address is not found, and nothing of it is forwarded', async () => {
  const before = (await control('GET', '/log')).length;
  const status = await new Promise((resolve, reject) => {
    const request = https.request({ method: 'DELETE', host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
      path: "/v1.0https://contoso.sharepoint.com/_api/v2.0/drives/d/items/i/uploadSession?guid='x'&tempauth=v1.SECRETSECRET",
      headers: { authorization: `Bearer ${office.token}` } }, (response) => { response.resume(); resolve(response.statusCode); });
    request.on('error', reject);
    request.end();
  });
  assert.equal(status, 404);
  assert.equal((await control('GET', '/log')).length, before);
  assert.doesNotMatch(office.gatewayLog(), /SECRETSECRET/);
});

// --- folders that move on the way ---
const folderId = async (name) => (await office.graph('GET', `/me/drive/root:/${name}`)).json.id;
async function moveBetween(sessionPath, from, into, content) {
  const session = await Session.open(office, sessionPath);
  assert.equal((await session.put(content, 0, 327_680)).status, 202);
  const moved = await office.graph('PATCH', `/me/drive/items/${await folderId(from)}`, { body: { parentReference: { id: await folderId(into) } } });
  assert.equal(moved.status, 200, `${moved.bytes}`);
  return session.put(content, 327_680, content.length);
}
await cases.check('a folder moved on the way is told in the log', async () => {
  const content = noise(800_000, 13);
  await office.folder('Inner', `/me/drive/items/${await folderId('Salassa')}`);
  await office.folder('Later');
  const sealed = await moveBetween('/Salassa/Inner/a.bin', 'Salassa/Inner', 'Plain', content);
  expectFinal(sealed, content.length);
  await expectStored('/Plain/Inner/a.bin', content);
  const passed = await moveBetween('/Later/b.bin', 'Later', 'Salassa', noise(700_001, 17));
  assert.equal(passed.status, 201);
  const told = await until('both on record', () => {
    const records = events('place-differs');
    return records.length >= 2 && records;
  });
  assert.equal(told.length, 2, JSON.stringify(told));
  assert.ok(told.some((record) => detail(record, sealed.json.id) && /"secret".*"ordinary"/.test(JSON.stringify(record))));
  assert.ok(told.some((record) => detail(record, passed.json.id) && /"ordinary".*"secret"/.test(JSON.stringify(record))));
});

// --- death of the gateway, and of sessions ---
await cases.check('case 42: killed in the middle of a fragment, the client merely repeats it', async () => {
  const content = noise(3_000_000, 14);
  const session = await Session.open(office, '/Salassa/killed.bin');
  expectProgress(await session.put(content, 0, 1_000_000), 1_000_000, content.length);
  const request = https.request({ method: 'PUT', host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
    path: session.url.replace(/^https:\/\/[^/]+/, ''), headers: { 'content-length': 1_500_000, 'content-range': 'bytes 1000000-2499999/3000000' } });
  request.on('error', () => {});
  await new Promise((resolve) => request.write(content.subarray(1_000_000, 2_000_000), resolve));
  await office.killGateway();
  await office.startGateway();
  expectProgress(await session.put(content, 1_000_000, 2_500_000), 2_500_000, content.length);
  expectFinal(await session.put(content, 2_500_000, 3_000_000), content.length);
  await expectStored('/Salassa/killed.bin', content);
});

const creating = { method: 'POST', path_regex: 'createUploadSession', times: 1 };
const kLost = {
  'the answer': (drivePath) => switched('5xx.effective', 504, creating, async () =>
    assert.equal((await Session.ask(office, drivePath)).status, 504)),
  'the gateway': (drivePath) => switched('slow', { bytes_per_second: 1, head: true }, creating, async () => {
    const asked = Session.ask(office, drivePath).catch(() => undefined);
    await until('the session stands upstream', async () => (await upstream(drivePath)).length > 0);
    await office.killGateway();
    await asked;
    await office.startGateway();
  }),
};
for (const [what, lose] of Object.entries(kLost)) {
  await cases.check(`a session whose address was lost with ${what} blocks its name for a time that is told`, async () => {
    const drivePath = `/Salassa/lost with ${what}.bin`;
    await lose(drivePath);
    assert.equal((await upstream(drivePath)).length, 1);
    const blocked = await Session.ask(office, drivePath);
    expectError(blocked, 409, 'nameAlreadyExists');
    const seconds = Number(blocked.headers['retry-after']);
    assert.ok(seconds > 60 && seconds <= 900, `${seconds}`);
    assert.match(blocked.json.error.message, new RegExp(`in ${seconds} seconds`));
    await control('POST', '/clock', { offset_ms: 901_000 });  // the cloud ends it by itself
    const session = await Session.open(office, drivePath);
    expectFinal(await session.put(noise(1000, 15), 0, 1000), 1000);
    await control('POST', '/clock', { offset_ms: -901_000 });
  });
}

await cases.check('case 39: an abandoned session is ended upstream, and its name is free', async () => {
  await control('POST', '/clock', { offset_ms: -(15 * 60 - 31) * 1000 });  // it ends in a second, for us
  const session = await Session.open(office, '/Salassa/abandoned.bin');
  assert.equal((await upstream(session.path)).length, 1);
  await office.killGateway();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await office.startGateway();
  await until('it is ended upstream', async () => (await upstream(session.path)).length === 0);
  await control('POST', '/clock', { offset_ms: (15 * 60 - 31) * 1000 });
  expectError(await session.status(), 404, 'itemNotFound', 'uploadSessionNotFound');
  const again = await Session.open(office, '/Salassa/abandoned.bin');
  assert.equal((await again.cancel()).status, 204);
});

await cases.check('every upload came to an end, and the log verifies', () => {
  assert.deepEqual(events('abandoned').filter((record) => record.details.intent === 'upload-intent'), []);
  assert.equal(office.kerros('audit', 'verify').code, 0);
});

cases.end();
await office.stop();
