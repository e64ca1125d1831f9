// Batches, copies and moves, and what holds for every call: node operations_test.mjs BIN_DIR [NUMBER...]
import assert from 'node:assert/strict';

import { fetch } from '../hostile/reading.mjs';
import { noise } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { Conformance, expectRefusal, kUpstreamTraces, sealedSize } from './conformance.mjs';

const kUploadUrl = 'uploadSession\\?guid';
const room = await Conformance.open();
const { office, shows } = room;
const bytes = noise(9000, 'operated');
const item = await room.put('operated.bin', bytes);
const drive = item.parentReference.driveId;
const ordinary = await office.folder('Yleinen');


async function batch(requests) {
  const reply = await office.graph('POST', '/$batch', { body: { requests } });
  assert.equal(reply.status, 200, `${reply.status} ${reply.bytes}`);
  return new Map(reply.json.responses.map((one) => [one.id, one]));
}
const putInBatch = (id, name, content, more = {}) => ({ id, method: 'PUT', url: `/me/drive/root:/Salassa/${name}:/content`,
  headers: { 'Content-Type': 'application/octet-stream' }, body: content.toString('base64'), ...more });
const isBase64 = (one) => typeof one.body === 'string' ? Buffer.from(one.body, 'base64') : undefined;

shows(98, 'a batch of twenty takes uploads, listings and downloads, each as if it came alone', async () => {
  const contents = Array.from({ length: 9 }, (_, i) => noise(2000 + i, `batched ${i}`));
  for (const one of contents) office.secret(one);
  const requests = contents.map((one, i) => putInBatch(`p${i}`, `batched-${i}.bin`, one));
  requests.push({ id: 'i', method: 'GET', url: `/me/drive/items/${item.id}` }, { id: 'l', method: 'GET', url: 'me/drive/root:/Salassa:/children?$select=name,size' });
  for (let i = 0; requests.length < 20; i += 1) requests.push({ id: `m${i}`, method: 'GET', url: '/me' });
  const answers = await batch(requests);
  assert.equal(answers.size, 20);
  for (const [i, content] of contents.entries()) {
    const one = answers.get(`p${i}`);
    assert.equal(one.status, 201, JSON.stringify(one));
    assert.equal(one.body.size, content.length);
    assert.equal(one.body.file.hashes.quickXorHash, quickXor(content));
    await room.expectStored(`batched-${i}.bin`, content);
  }
  assert.equal(answers.get('i').body.size, bytes.length);
  assert.equal(answers.get('l').body.value.find(({ name }) => name === item.name).size, bytes.length);
  assert.doesNotMatch(JSON.stringify([...answers]), kUpstreamTraces);
});

shows(98, 'content in a batch is an address of ours, or the plain bytes', async () => {
  const one = (await batch([{ id: '1', method: 'GET', url: `/me/drive/items/${item.id}/content` }])).get('1');
  if (one.status === 302) {
    assert.ok(one.headers.Location.startsWith(`https://localhost:${office.port}/kerros/`), one.headers.Location);
    assert.ok((await fetch(office, one.headers.Location)).bytes.equals(bytes));
  } else {
    assert.equal(one.status, 200, JSON.stringify(one));
    assert.ok(isBase64(one).equals(bytes));
  }
});

shows(98, 'a request of a batch waits for those it depends on, and fails with them', async () => {
  const first = noise(1500, 'depended on');
  office.secret(first);
  const answers = await batch([putInBatch('1', 'chain.bin', first),
    { id: '2', method: 'GET', url: '/me/drive/root:/Salassa/chain.bin', dependsOn: ['1'] },
    { id: '3', method: 'GET', url: '/me/drive/root:/Salassa/not-there.bin', dependsOn: ['2'] },
    { id: '4', method: 'GET', url: '/me', dependsOn: ['3'] }]);
  assert.deepEqual(['1', '2', '3', '4'].map((id) => answers.get(id).status), [201, 200, 404, 424]);
  assert.equal(answers.get('2').body.size, first.length);
});

shows(98, 'what is refused alone is refused in a batch, and the others go on', async () => {
  const canary = noise(64, 'batched bypass');
  office.secret(canary);
  const answers = await batch([
    { id: '1', method: 'POST', url: '/me/messages/1/attachments', body: { contentBytes: canary.toString('base64') } },
    { id: '2', method: 'PUT', url: '/me/drive/root:/Salassa/../x.bin:/content', headers: { 'Content-Type': 'text/plain' }, body: canary.toString('base64') },
    { id: '3', method: 'GET', url: `/me/drive/items/${item.id}/content?format=pdf` },
    { id: '4', method: 'GET', url: '/me' }]);
  assert.deepEqual(['1', '2', '3', '4'].map((id) => answers.get(id).status), [403, 400, 406, 200]);
});

// An older release of the JavaScript SDK strips the host off a whole URL and leaves the version in.
shows(98, 'a url of a batch that names the version again is 400 in its part, as from the cloud', async () => {
  const requests = ['/v1.0/me/drive/root', 'v1.0/me', '/beta/me', '/v1.0/$batch'].map((url, i) => ({ id: `${i}`, method: 'GET', url }));
  requests.push({ id: 'whole', method: 'GET', url: 'https://graph.microsoft.com/v1.0/me' });
  office.cloud.token = office.token;
  const theirs = (await office.cloud.graph('POST', '/$batch', { body: { requests: requests.slice(0, 1) } })).json.responses[0];
  const ours = await batch(requests);
  for (const id of ['0', '1', '2', '3']) {
    assert.equal(ours.get(id).status, theirs.status, JSON.stringify(ours.get(id)));
    assert.equal(ours.get(id).body.error.code, theirs.body.error.code);
  }
  assert.equal(theirs.status, 400);
  assert.equal(ours.get('whole').status, 200);
});

shows(98, 'a batch of too many, with an id twice, of batches, to another host or in a ring is refused', async () => {
  const me = (id) => ({ id, method: 'GET', url: '/me' });
  const refused = [Array.from({ length: 21 }, (_, i) => me(`${i}`)), [me('1'), me('1')],
    [{ ...me('1'), dependsOn: ['2'] }, { ...me('2'), dependsOn: ['1'] }], [{ ...me('1'), dependsOn: ['9'] }]];
  const log = await room.upstreamDuring(async () => {
    for (const requests of refused) expectRefusal(await office.graph('POST', '/$batch', { body: { requests } }), 400, 'BadRequest');
  });
  assert.deepEqual(log, []);
  for (const url of ['/$batch', '$batch', 'https://evil.test/v1.0/me', 'https://contoso.sharepoint.com/_api/v2.0/me']) {
    const reply = await office.graph('POST', '/$batch', { body: { requests: [{ id: '1', method: url.includes('$') ? 'POST' : 'GET', url,
      ...(url.includes('$') ? { headers: { 'Content-Type': 'application/json' }, body: { requests: [me('1')] } } : {}) }] } });
    const status = reply.status === 200 ? reply.json.responses[0].status : reply.status;
    assert.ok([400, 403, 404].includes(status), `${url}: ${status}`);
  }
});

shows(98, 'whatever becomes of a batch, content in it never passes in clear', async () => {
  const canary = noise(64, 'batch canary');
  office.secret(canary);
  await office.graph('POST', '/$batch', { body: { requests: [putInBatch('1', 'canary.bin', canary)] } });
  const stored = await office.stored('canary.bin');
  if (stored) assert.equal(stored.size, sealedSize(canary.length));
});

// Polls a monitor of ours to its end; answers the id of what was made.
async function followMonitor(location) {
  assert.ok(location?.startsWith(`https://localhost:${office.port}/`), location);
  for (let tries = 0; tries < 100; tries += 1) {
    const seen = await fetch(office, location, { token: '' });
    const state = seen.bytes.length > 0 ? JSON.parse(seen.bytes) : {};
    assert.doesNotMatch(seen.bytes.toString() + JSON.stringify(seen.headers), kUpstreamTraces);
    if (state.status === 'completed') return state.resourceId;
    assert.ok(['notStarted', 'inProgress', 'waiting'].includes(state.status), `${seen.status} ${seen.bytes}`);
  }
  return assert.fail('the copy never came to its end');
}

async function copy(one, name, folder) {
  const reply = await office.graph('POST', `/me/drive/items/${one.id}/copy`, { body: { name, parentReference: { driveId: drive, id: folder.id } } });
  assert.equal(reply.status, 202, `${reply.status} ${reply.bytes}`);
  return followMonitor(reply.headers.location);
}

shows(116, 'a copy is followed by a monitor of ours, and opens', async () => {
  const id = await copy(item, 'copied.bin', room.folder);
  const copied = (await office.graph('GET', `/me/drive/items/${id}`)).json;
  assert.equal(copied.name, 'copied.bin');
  const reply = await office.graph('GET', `/me/drive/items/${id}/content`);
  assert.equal(reply.status, 200, `${reply.bytes}`);
  assert.ok(reply.bytes.equals(bytes));
  assert.equal((await office.graph('GET', `/me/drive/items/${id}`)).json.size, bytes.length);
  await room.expectStored('operated.bin', bytes);
});

shows(116, 'a copy into an ordinary folder stays sealed, and opens', async () => {
  const id = await copy(item, 'copied-out.bin', ordinary);
  assert.equal((await office.stored('copied-out.bin')).size, sealedSize(bytes.length));
  assert.ok((await office.graph('GET', `/me/drive/items/${id}/content`)).bytes.equals(bytes));
});

shows(93, 'what the search interface finds is described as the user knows it', async () => {
  const reply = await office.graph('POST', '/search/query', { body: { requests: [{ entityTypes: ['driveItem'], query: { queryString: 'operated' } }] } });
  assert.equal(reply.status, 200, `${reply.status} ${reply.bytes}`);
  const hits = reply.json.value[0].hitsContainers[0].hits;
  const hit = hits.find(({ resource }) => resource.id === item.id);
  assert.equal(hit.resource.size, bytes.length);
  assert.doesNotMatch(reply.bytes.toString(), kUpstreamTraces);
});

shows(120, 'a sealed file that is moved to an ordinary folder stays sealed, and opens there', async () => {
  const content = noise(7000, 'moved');
  const made = await room.put('moved.bin', content);
  const moved = await office.graph('PATCH', `/me/drive/items/${made.id}`, { body: { parentReference: { id: ordinary.id } } });
  assert.equal(moved.status, 200, `${moved.bytes}`);
  assert.equal(moved.json.size, content.length);
  const reply = await office.get('/Yleinen/moved.bin');
  assert.ok(reply.bytes.equals(content));
  assert.equal((await office.stored('moved.bin')).size, sealedSize(content.length));
});

shows(120, 'a deleted file is gone for everybody, and its name is free for another', async () => {
  const made = await room.put('deleted.bin', noise(100, 'deleted'));
  assert.equal((await office.graph('DELETE', `/me/drive/items/${made.id}`)).status, 204);
  assert.equal((await office.get('/Salassa/deleted.bin')).status, 404);
  const again = await room.put('deleted.bin', noise(200, 'again'));
  assert.notEqual(again.id, made.id);
  await room.expectStored('deleted.bin', noise(200, 'again'));
});

shows(120, 'an ordinary file is not moved into a protected folder, and one moved there past us is sealed when it is written again', async () => {
  const open = noise(3000, 'ordinary');
  const made = await office.put('/Yleinen/inward.bin', open);
  assert.equal(made.status, 201);
  assert.equal((await office.stored('inward.bin')).size, open.length);
  const move = { body: { parentReference: { id: room.folder.id } } };
  expectRefusal(await office.graph('PATCH', `/me/drive/items/${made.json.id}`, move), 403);
  office.cloud.token = office.token;
  assert.equal((await office.cloud.graph('PATCH', `/me/drive/items/${made.json.id}`, move)).status, 200);
  const content = noise(3100, 'inward');
  office.secret(content);
  assert.equal((await office.graph('PUT', `/me/drive/items/${made.json.id}/content`, { body: content })).status, 200);
  await room.expectStored('inward.bin', content);
});

shows(115, 'a claims challenge reaches the client unchanged, as one header', async () => {
  office.cloud.token = office.token;
  for (const target of ['/me/drive', `/me/drive/items/${item.id}`, `/me/drive/items/${item.id}/content`]) {
    await room.on('cae', true, { times: 1 });
    const direct = await office.cloud.graph('GET', target);
    await room.control('DELETE', '/switches');
    await room.on('cae', true, {});
    const reply = await office.graph('GET', target);
    await room.control('DELETE', '/switches');
    assert.equal(reply.status, 401, target);
    assert.match(reply.headers['www-authenticate'], /^Bearer .*error="insufficient_claims".*claims="[^"]+"/);
    assert.equal(reply.headers['www-authenticate'], direct.headers['www-authenticate']);
  }
});

shows(117, 'a caller whom the cloud refuses learns neither size nor hash nor that something is sealed', async () => {
  const strangers = { nobody: '', forged: 'bogus', ville: await office.cloud.login('ville@contoso.test') };
  for (const [who, token] of Object.entries(strangers)) {
    for (const [method, side] of [['GET', ''], ['GET', '/content'], ['HEAD', '/content'], ['GET', '/children']]) {
      for (const range of [undefined, 'bytes=99999999-']) {
        const answer = await fetch(office, `${office.base}/drives/${drive}/items/${item.id}${side}`, { method, token, headers: range ? { range } : {} });
        assert.ok([401, 403, 404].includes(answer.status), `${who} ${method} ${side}: ${answer.status}`);
        const text = JSON.stringify(answer.headers) + answer.bytes;
        assert.ok(!text.includes(String(bytes.length)) && !text.includes(quickXor(bytes)) && !text.includes(String(sealedSize(bytes.length))));
      }
    }
  }
});

for (const after of ['http-date', '-5', '1000000000', '0.5', 'soon', null]) {
  room.shows(119, `Retry-After ${after} on a read reaches the client as it is, or not at all`, async () => {
    await room.on('throttle', { status: 429, retry_after: after }, {});
    for (const target of ['/me/drive/root/children', `/me/drive/items/${item.id}`]) {
      const reply = await office.graph('GET', target);
      expectRefusal(reply, 429, 'activityLimitReached');
      if (after === null) assert.equal(reply.headers['retry-after'], undefined);
      else if (after !== 'http-date') assert.ok([undefined, after].includes(reply.headers['retry-after']), reply.headers['retry-after']);
    }
  });
}

shows(119, 'no Retry-After makes a fragment wait longer than the gateway itself would', async () => {
  for (const after of ['http-date', '-5', '0.5', 'soon']) {
    const content = noise(600_000, `retry ${after}`);
    const created = await office.graph('POST', `/me/drive/root:/Salassa/retry${after}.bin:/createUploadSession`, { body: {} });
    await room.on('throttle', { status: 503, retry_after: after }, { method: 'PUT', path_regex: kUploadUrl, times: 1 });
    const reply = await office.graph('PUT', created.json.uploadUrl, { body: content, headers: { 'content-range': `bytes 0-${content.length - 1}/${content.length}` } });
    assert.equal(reply.status, 201, `${after}: ${reply.status} ${reply.bytes}`);
    await room.control('DELETE', '/switches');
  }
});

shows(119, 'a wait of years is not waited: the client is told, and may come again', async () => {
  const content = noise(600_000, 'years');
  const created = await office.graph('POST', '/me/drive/root:/Salassa/years.bin:/createUploadSession', { body: {} });
  await room.on('throttle', { status: 429, retry_after: '1000000000' }, { method: 'PUT', path_regex: kUploadUrl, times: 1 });
  const send = () => office.graph('PUT', created.json.uploadUrl, { body: content, headers: { 'content-range': `bytes 0-${content.length - 1}/${content.length}` } });
  let reply = await send();
  if (reply.status !== 201) {
    expectRefusal(reply, [429, 503]);
    reply = await send();
  }
  assert.equal(reply.status, 201, `${reply.bytes}`);
  await room.expectStored('years.bin', content);
});

shows(124, 'an item that changes upstream by itself keeps its content, size and hash for the user', async () => {
  await room.on('etag.drift', 60_000, { method: 'PUT', times: 1 });
  const content = noise(4321, 'drift');
  const made = await room.put('drift.bin', content);
  await room.control('POST', '/clock', { offset_ms: 61_000 });
  const later = await room.item('drift.bin');
  await room.control('POST', '/clock', { offset_ms: 0 });
  assert.notEqual(later.eTag, made.eTag);
  assert.equal(later.size, content.length);
  assert.equal(later.file.hashes.quickXorHash, quickXor(content));
  await room.expectStored('drift.bin', content);
});

await room.play();
