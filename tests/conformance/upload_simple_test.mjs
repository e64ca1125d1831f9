// Uploads by one PUT: node upload_simple_test.mjs BIN_DIR [NUMBER...]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import tls from 'node:tls';

import { noise, sha256 } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { Conformance, expectRefusal, kUpstreamTraces, sealedSize } from './conformance.mjs';

// Sealed bytes from which the cloud wants a session, and the largest file that stays below it.
const kPutLimit = 262_144_000;
const kLargestPut = 261_887_727;
const kLargestFile = 268_173_567_232;

const room = await Conformance.open();
const { office, shows } = room;
const target = (name) => `/me/drive/root:/Salassa/${name}:/content`;
const put = (name, body, headers, query = '') => office.graph('PUT', target(name) + query, { body, headers });
const isSession = (entry) => entry.target.includes('createUploadSession');
const uploads = (log) => log.filter(({ method, target: seen }) => method === 'PUT' && /content$|uploadSession/.test(seen.split('?')[0]));

shows(1, 'a file of no bytes is sealed to 528, reads as 0, and has the hash of nothing or none', async () => {
  const item = await room.put('empty.bin', Buffer.alloc(0));
  assert.equal(item.size, 0);
  assert.ok([undefined, quickXor(Buffer.alloc(0))].includes(item.file.hashes?.quickXorHash));
  await room.expectStored('empty.bin', Buffer.alloc(0));
  assert.equal((await room.item('empty.bin')).size, 0);
});

shows(1, 'a file that is made empty and then filled holds what it was filled with', async () => {
  const first = await room.put('filled.bin', Buffer.alloc(0));
  const second = await office.graph('PUT', `/me/drive/items/${first.id}/content`, { body: noise(50_000, 'filled') });
  assert.equal(second.status, 200);
  assert.equal(second.json.id, first.id);
  await room.expectStored('filled.bin', noise(50_000, 'filled'));
});

shows(2, 'sizes at every chunk border have the one sealed size and come back', async () => {
  for (const size of [1, 16383, 16384, 16385, 32767, 32768, 32769, 327679, 327680, 327681]) {
    const bytes = noise(size, `border ${size}`);
    const item = await room.put('border.bin', bytes);
    assert.equal(item.size, size);
    assert.equal(item.file.hashes.quickXorHash, quickXor(bytes));
    await room.expectStored('border.bin', bytes);
  }
});

for (const [size, bySession] of [[kLargestPut, false], [kLargestPut + 1, true]]) {
  room.shows(3, `a PUT of ${size} bytes goes upstream by ${bySession ? 'a session' : 'one PUT'}, and the client sees no difference`, async () => {
    const piece = noise(1 << 20, 'large');
    const pieces = function* () { for (let at = 0; at < size; at += piece.length) yield piece.subarray(0, Math.min(piece.length, size - at)); };
    let reply;
    const log = await room.upstreamDuring(async () => { reply = await put('large.bin', Readable.from(pieces()), { 'content-length': size }); });
    assert.equal(reply.status, bySession ? 200 : 201, `${reply.bytes}`);
    assert.equal(reply.json.size, size);
    assert.ok(reply.json.id && reply.json.eTag && reply.json.file.hashes.quickXorHash);
    assert.equal('nextExpectedRanges' in reply.json, false);
    assert.equal(log.some(isSession), bySession);
    assert.equal(uploads(log).length === 1, !bySession);
    assert.equal((await office.stored('large.bin')).size, sealedSize(size));
    assert.ok(bySession === (sealedSize(size) >= kPutLimit));
  });
}

shows(4, 'a body of unknown length goes upstream with a length, as one sealed file', async () => {
  const bytes = noise(500_001, 'chunked');
  const log = await room.upstreamDuring(async () => {
    const pieces = [1, 70_000, 16_384, 413_616].map(((at) => (size) => bytes.subarray(at, at += size))(0));
    const reply = await put('chunked.bin', Readable.from(pieces), { 'transfer-encoding': 'chunked' });
    assert.equal(reply.status, 201, `${reply.bytes}`);
    assert.equal(reply.json.size, bytes.length);
  });
  const [sent] = uploads(log);
  assert.equal(sent.body_size, sealedSize(bytes.length));
  assert.ok(sent.headers.some(([name, value]) => name.toLowerCase() === 'content-length' && Number(value) === sent.body_size));
  await room.expectStored('chunked.bin', bytes);
});

shows(5, 'a body that is cut commits nothing, with a length and without', async () => {
  for (const [name, field, body] of [['cut-1.bin', 'Content-Length: 500000', noise(400_000, 'cut')],
    ['cut-2.bin', 'Transfer-Encoding: chunked', Buffer.concat([Buffer.from('61a80\r\n'), noise(400_000, 'cut'), Buffer.from('\r\n')])],
    ['cut-3.bin', 'Content-Length: 500000', Buffer.alloc(0)]]) {
    await new Promise((resolve) => {
      const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca }, () => {
        socket.write(room.head('PUT', `/v1.0${target(name)}`, [field]));
        socket.end(body);
      });
      socket.resume();
      socket.on('error', resolve);
      socket.on('close', resolve);
    });
    await room.expectNothing(name);
  }
});

shows(6, 'two framings in one head are answered by 400 and the end of the connection', async () => {
  for (const fields of [['Content-Length: 5', 'Transfer-Encoding: chunked'], ['Content-Length: 5', 'Content-Length: 6']]) {
    const reply = await room.raw(`${room.head('PUT', `/v1.0${target('framed.bin')}`, fields)}5\r\nhello\r\n0\r\n\r\n`, { until: /never/ });
    assert.equal(reply.status, 400, reply.text);
    assert.ok(reply.closed);
    assert.equal(reply.text.match(/HTTP\/1\.1 /g).length, 1);
    await room.expectNothing('framed.bin');
  }
});

shows(7, 'who waits for 100 Continue is told to go on, or is refused before sending', async () => {
  const fields = ['Content-Length: 5', 'Expect: 100-continue', 'Connection: close'];
  const taken = await room.raw(room.head('PUT', `/v1.0${target('expected.bin')}`, fields), { until: /100 Continue\r\n\r\n$/, then: 'hello' });
  assert.match(taken.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  await room.expectStored('expected.bin', Buffer.from('hello'));
  const refused = await room.raw(room.head('PUT', `/v1.0/me/drive/root:/Salassa/x:/thumbnails/0/source/content`, fields), { until: /never/ });
  assert.ok(refused.status >= 400 && !refused.text.includes('100 Continue'), refused.text);
});

shows(8, 'If-None-Match: * makes a new item and never replaces one', async () => {
  const first = noise(1000, 'create only');
  assert.equal((await put('only.bin', first, { 'if-none-match': '*' })).status, 201);
  expectRefusal(await put('only.bin', noise(1000, 'second'), { 'if-none-match': '*' }), [409, 412]);
  await room.expectStored('only.bin', first);
});

shows(9, 'a stale If-Match is 412 and the item is as it was; current, starred and listed ones hold', async () => {
  const made = await room.put('match.bin', noise(1000, 1));
  const current = await room.put('match.bin', noise(1000, 2));
  for (const etag of [made.eTag, '"{00000000-0000-0000-0000-000000000000},1"', `${made.eTag}, "x"`]) {
    expectRefusal(await put('match.bin', noise(1000, 3), { 'if-match': etag }), 412, 'resourceModified');
  }
  await room.expectStored('match.bin', noise(1000, 2));
  assert.equal((await put('match.bin', noise(1000, 4), { 'if-match': `"x", ${current.eTag}` })).status, 200);
  assert.equal((await put('match.bin', noise(1000, 5), { 'if-match': '*' })).status, 200);
  await room.expectStored('match.bin', noise(1000, 5));
});

shows(9, 'a weak tag gets what the cloud says of it, and the item stays readable', async () => {
  const made = await room.put('weak.bin', noise(1000, 1));
  const reply = await put('weak.bin', noise(1000, 2), { 'if-match': `W/${made.eTag}` });
  assert.ok([200, 412].includes(reply.status), `${reply.status}`);
  await room.expectStored('weak.bin', noise(1000, reply.status === 200 ? 2 : 1));
});

shows(9, 'a stale If-Match stops a PUT that would become a session before its body is read', async () => {
  const made = await room.put('match-large.bin', noise(1000, 1));
  await room.put('match-large.bin', noise(1000, 2));
  const fields = [`Content-Length: ${kLargestPut + 1}`, `If-Match: ${made.eTag}`];
  const reply = await room.raw(room.head('PUT', `/v1.0${target('match-large.bin')}`, fields), { until: /never/ });
  assert.equal(reply.status, 412, reply.text);
  await room.expectStored('match-large.bin', noise(1000, 2));
});

shows(10, 'conflictBehavior fail keeps the item, rename makes another that is filed under its own id', async () => {
  const made = await room.put('clash.bin', noise(2000, 1));
  expectRefusal(await put('clash.bin', noise(2000, 2), {}, '?@microsoft.graph.conflictBehavior=fail'), 409, 'nameAlreadyExists');
  const renamed = await put('clash.bin', noise(2000, 3), {}, '?@microsoft.graph.conflictBehavior=rename');
  assert.equal(renamed.status, 201);
  assert.notEqual(renamed.json.name, 'clash.bin');
  assert.notEqual(renamed.json.id, made.id);
  await room.expectStored('clash.bin', noise(2000, 1));
  await room.expectStored(renamed.json.name, noise(2000, 3));
  const filed = room.records().filter((record) => record.item_id === renamed.json.id);
  assert.deepEqual(filed.map(({ name, state }) => [name, state]), [[renamed.json.name, 'bound']]);
});

shows(11, 'conflictBehavior is understood escaped, and under its name of the direct doors', async () => {
  await room.put('spelled.bin', noise(100, 1));
  for (const key of ['%40microsoft.graph.conflictBehavior', '@name.conflictBehavior', '%40name.conflictBehavior']) {
    expectRefusal(await put('spelled.bin', noise(100, 2), {}, `?${key}=fail`), 409, 'nameAlreadyExists');
  }
  await room.expectStored('spelled.bin', noise(100, 1));
  expectRefusal(await put('spelled.bin', noise(100, 2), {},
    '?@name.conflictBehavior=fail&@microsoft.graph.conflictBehavior=replace'), 400, 'invalidRequest');
});

shows(12, 'a file that the cloud could never hold is refused before its body is sent', async () => {
  const fields = [`Content-Length: ${kLargestFile + 1}`, 'Expect: 100-continue'];
  const log = await room.upstreamDuring(async () => {
    const reply = await room.raw(room.head('PUT', `/v1.0${target('absurd.bin')}`, fields));
    assert.equal(reply.status, 413, reply.text);
  });
  assert.deepEqual(uploads(log), []);
  assert.ok(!log.some(isSession));
});

shows(13, 'a cloud that stores another size or hash than was sent is told of, and nothing is claimed', async () => {
  for (const [name, lie, value] of [['size.txt', 'wrong.size', true], ['hash.txt', 'wrong.hash', true], ['report.docx', 'enrich', true]]) {
    await room.on(lie, value, { method: 'PUT', ...(lie === 'enrich' ? {} : { item: name }) });
    expectRefusal(await put(name, noise(5000, name)), 409, 'kerrosStoredDiffers');
    await room.control('DELETE', '/switches');
    assert.deepEqual(room.records().filter((record) => record.name === name).map(({ state }) => state), ['suspect']);
  }
  expectRefusal(await office.get('/Salassa/report.docx'), 409);
  assert.ok(room.events().filter(({ event }) => event === 'stored-differs').length >= 3);
});

shows(14, 'a file that the cloud would fetch by itself, or takes in parts of a form, is refused', async () => {
  const children = '/me/drive/root:/Salassa:/children';
  for (const key of ['@microsoft.graph.sourceUrl', '@content.sourceUrl']) {
    const log = await room.upstreamDuring(async () => expectRefusal(
      await office.graph('POST', children, { body: { name: 'fetched.bin', file: {}, [key]: 'https://example.test/a' } }), [400, 403]));
    assert.ok(!log.some(({ method }) => method === 'POST'));
  }
  const parts = ['--b', 'Content-ID: <metadata>', 'Content-Type: application/json', '', '{"name":"parts.bin","file":{},"@content.sourceUrl":"cid:content"}',
    '--b', 'Content-ID: <content>', '', 'KonfidentialPart', '--b--', ''].join('\r\n');
  office.secret('KonfidentialPart');
  expectRefusal(await office.graph('POST', children, { body: parts, headers: { 'content-type': 'multipart/related; boundary=b' } }), [400, 403, 406, 415]);
  await room.expectNothing('fetched.bin');
  await room.expectNothing('parts.bin');
});

shows(15, 'a picture of the content is never sent', async () => {
  await room.put('picture.jpg', noise(3000, 'picture'));
  const canary = noise(64, 'thumbnail');
  office.secret(canary);
  const log = await room.upstreamDuring(async () => {
    for (const place of ['thumbnails/0/source/content', 'thumbnails/0/large/content']) {
      const reply = await office.graph('PUT', `/me/drive/root:/Salassa/picture.jpg:/${place}`, { body: canary });
      expectRefusal(reply, [403, 406]);
    }
  });
  assert.ok(!log.some(({ method }) => method === 'PUT'));
});

shows(16, 'a file that others hold locked is 423, and keeps its content', async () => {
  await room.put('locked.bin', noise(900, 1));
  await room.on('lock', true, { method: 'PUT', times: 1 });
  expectRefusal(await put('locked.bin', noise(900, 2)), 423);
  await room.expectStored('locked.bin', noise(900, 1));
  assert.deepEqual(room.records().filter(({ name, state }) => name === 'locked.bin' && state === 'bound').length, 1);
});

shows(17, 'while nothing can be recorded, uploads are 503 with a time to come back, and nothing leaves', async () => {
  const log = path.join(office.home, 'audit');
  fs.renameSync(log, `${log}.away`);
  try {
    for (const name of ['unrecorded.bin', 'unrecorded-2.bin']) {
      const reply = await put(name, noise(5000, name));
      expectRefusal(reply, 503);
      assert.match(reply.headers['retry-after'], /^\d+$/);
      await room.expectNothing(name);
    }
  } finally {
    fs.renameSync(`${log}.away`, log);
  }
  await room.put('recorded.bin', noise(5000, 'recorded'));
  await room.expectStored('recorded.bin', noise(5000, 'recorded'));
});

shows(18, 'a path in other letters is the same item, and the same decision', async () => {
  const first = await office.graph('PUT', '/me/drive/root:/Salassa/Raportti%20%C3%84.bin:/content', { body: noise(800, 1) });
  const second = await office.graph('PUT', '/me/drive/root:/SALASSA/raportti%20%C3%A4.BIN:/content', { body: noise(801, 2) });
  assert.equal(first.status, 201, `${first.bytes}`);
  assert.equal(second.status, 200, `${second.bytes}`);
  assert.equal(second.json.id, first.json.id);
  assert.equal(second.json.size, 801);
  assert.equal((await office.stored(first.json.name)).size, sealedSize(801));
  const byId = await office.graph('GET', `/me/drive/items/${first.json.id}/content`);
  assert.equal(sha256(byId.bytes), sha256(noise(801, 2)));
});

shows(18, 'a file that is addressed by its id is sealed as one that is addressed by its path', async () => {
  const made = await room.put('by-id.bin', noise(700, 1));
  const drive = made.parentReference.driveId;
  for (const [i, byId] of [`/me/drive/items/${made.id}/content`, `/drives/${drive}/items/${made.id}/content`,
    `/drives/${drive}/items/${room.folder.id}:/by-id.bin:/content`].entries()) {
    const bytes = noise(710 + i, `by id ${i}`);
    office.secret(bytes);
    const reply = await office.graph('PUT', byId, { body: bytes });
    assert.equal(reply.status, 200, `${reply.bytes}`);
    assert.doesNotMatch(reply.bytes.toString(), kUpstreamTraces);
    await room.expectStored('by-id.bin', bytes);
  }
});

await room.play();
