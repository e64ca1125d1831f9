// Simple uploads under bad clients and a strict cloud: node put_test.mjs BIN_DIR [large]
// With `large` also the borders of the cloud's limit for one PUT, both sides of it.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import tls from 'node:tls';

import { Office, noise, sha256 } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { expectError, Session } from './session.mjs';

const kPutLimit = 262_144_000;  // sealed bytes: from here on the cloud wants a session
const cases = new Cases(process.argv[3] === 'large' ? { seconds: 500 } : {});
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');
const state = async () => (await office.cloud.control('GET', '/state')).json;
const putTarget = (name, query = '') => `/me/drive/root:/Salassa/${name}:/content${query}`;
const put = (name, query, body, headers) => office.graph('PUT', putTarget(name, query), { body, headers });
async function expectStored(name, content) {
  const reply = await office.get(`/Salassa/${name}`);
  assert.equal(reply.status, 200, `${reply.bytes.subarray(0, 200)}`);
  assert.ok(reply.bytes.equals(content), `${name}: other bytes`);
}

// Bytes on a socket of our own, and everything that comes back until the connection ends or `until`.
function raw(pieces, until = /\r\n\r\n[^]*\}$/) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca });
    let seen = '';
    const done = (closed) => { socket.destroy(); resolve({ text: seen, closed, status: Number(/^HTTP\/1\.1 (\d+)/.exec(seen)?.[1]) }); };
    socket.setTimeout(5000, () => done(false));
    socket.on('data', (data) => {
      seen += data.toString('latin1');
      const next = until.test(seen) ? pieces.shift() : undefined;
      if (next) socket.write(next);
    });
    socket.on('end', () => done(true));
    socket.on('close', () => done(true));
    socket.on('error', (error) => (seen ? done(true) : reject(error)));
    socket.on('secureConnect', () => socket.write(pieces.shift()));
  });
}
const head = (name, fields, token = office.token) => `PUT /v1.0${putTarget(name)} HTTP/1.1\r\nHost: localhost:${office.port}\r\n` +
  `${token ? `Authorization: Bearer ${token}\r\n` : ''}${fields.map((field) => `${field}\r\n`).join('')}\r\n`;

async function nothingCommitted(name) {
  const now = await state();
  assert.ok(!now.items.some((item) => item.name === name), `${name} was committed`);
  assert.equal(now.sessions.length, 0, 'an upload session was left open upstream');
}

// --- sizes and framings ---
await cases.check('every size around chunk borders comes back, and is stored in its one sealed size', async () => {
  for (const size of [0, 1, 16383, 16384, 16385, 32767, 32768, 32769, 327679, 327680, 327681]) {
    const content = noise(size, size + 1);
    const reply = await put(`size-${size}.bin`, '', content);
    assert.equal(reply.status, 201, `${reply.bytes}`);
    assert.equal(reply.json.size, size);
    assert.equal((await office.stored(`size-${size}.bin`)).size, 512 + size + 16 * (Math.floor(size / 16384) + 1));
    await expectStored(`size-${size}.bin`, content);
  }
});

await cases.check('a chunked body of any pieces comes back', async () => {
  for (const sizes of [[], [1], [16384], [1, 2, 3, 16384, 70000], Array(300).fill(1000)]) {
    const content = noise(sizes.reduce((a, b) => a + b, 0), sizes.length + 1);
    let at = 0;
    const pieces = sizes.map((size) => content.subarray(at, at += size));
    const reply = await office.graph('PUT', putTarget('chunked.bin'), { body: Readable.from(pieces),
      headers: { 'transfer-encoding': 'chunked' } });
    assert.ok([200, 201].includes(reply.status), `${reply.bytes}`);
    assert.equal(reply.json.size, content.length);
    await expectStored('chunked.bin', content);
  }
});

await cases.check('a cut body commits nothing, with a length and chunked', async () => {
  for (const [name, fields, body] of [['cut-0.bin', ['Content-Length: 500000'], ''], ['cut-1.bin', ['Content-Length: 500000'], 'x'.repeat(400000)],
    ['cut-2.bin', ['Transfer-Encoding: chunked'], `5\r\nhello\r\n`], ['cut-3.bin', ['Transfer-Encoding: chunked'], `61a80\r\n${'x'.repeat(400000)}\r\n`],
    ['cut-4.bin', ['Transfer-Encoding: chunked'], `5\r\nhello\r\n0\r\n`], ['cut-5.bin', ['Transfer-Encoding: chunked'], '']]) {
    await new Promise((resolve) => {
      const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca }, () => socket.end(head(name, fields) + body));
      socket.resume();
      socket.on('close', resolve);
      socket.on('error', resolve);
    });
    await nothingCommitted(name);
  }
});

await cases.check('a malformed chunked body is refused and commits nothing', async () => {
  for (const body of ['zz\r\nhello\r\n0\r\n\r\n', '-5\r\nhello\r\n0\r\n\r\n', '0x5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhelloXX0\r\n\r\n', 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n', '\r\nhello', '5\nhello\n0\n\n']) {
    const reply = await raw([head('bad-chunk.bin', ['Transfer-Encoding: chunked']) + body], /never/);
    assert.ok(reply.closed && !(reply.status < 400), `${JSON.stringify(body)}: ${reply.text}`);
    await nothingCommitted('bad-chunk.bin');
  }
});

await cases.check('two framings in one head are refused with 400, and the connection is closed', async () => {
  for (const fields of [['Content-Length: 5', 'Transfer-Encoding: chunked'], ['Transfer-Encoding: chunked', 'Content-Length: 5'],
    ['Content-Length: 5', 'Content-Length: 6'], ['Content-Length: 5, 6'], ['Transfer-Encoding: gzip, chunked'], ['Transfer-Encoding: identity'],
    ['Content-Length: -5'], ['Content-Length: 5x'], ['Content-Length: 99999999999999999999'], ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ['Content-Length : 5'], ['Content-Length: 5', ' folded: x']]) {
    const smuggled = `GET /v1.0/me HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const reply = await raw([`${head('framing.bin', fields)}5\r\nhello\r\n0\r\n\r\n${smuggled}`], /never/);
    assert.ok([400, 413, 501].includes(reply.status), `${fields}: ${reply.text}`);
    assert.ok(reply.closed, `${fields}: left open`);
    assert.equal(reply.text.match(/HTTP\/1\.1 /g).length, 1, `${fields}: a second request was seen`);
    await nothingCommitted('framing.bin');
  }
});

await cases.check('Expect: 100-continue is answered before the body is sent, or refused without reading it', async () => {
  const fields = ['Content-Length: 5', 'Expect: 100-continue', 'Connection: close'];
  const accepted = await raw([head('expect.bin', fields), 'hello'], /100 Continue\r\n\r\n$/);
  assert.match(accepted.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  await expectStored('expect.bin', Buffer.from('hello'));
  const refused = await raw([head('expect-2.bin', fields, null)], /never/);
  assert.ok(refused.status === 401 && !refused.text.includes('100 Continue'), refused.text);
  const notThere = await raw([head('expect-2.bin', fields).replace(':/content', ':/thumbnails/0/source/content')], /never/);
  assert.ok(notThere.status >= 400 && !notThere.text.includes('100 Continue'), notThere.text);
  await nothingCommitted('expect-2.bin');
});

// --- conditions and conflicts ---
await cases.check('a stale If-Match is 412 for PUT and session, and the item is as it was', async () => {
  const first = noise(1000, 1);
  const made = (await put('match.bin', '', first)).json;
  const current = (await put('match.bin', '', noise(1000, 2), { 'if-match': made.eTag })).json;
  for (const etag of [made.eTag, '"{00000000-0000-0000-0000-000000000000},1"']) {
    expectError(await put('match.bin', '', noise(1000, 3), { 'if-match': etag }), 412, 'resourceModified');
    expectError(await Session.ask(office, '/Salassa/match.bin', { headers: { 'if-match': etag } }), 412, 'resourceModified');
    expectError(await office.graph('PUT', `/me/drive/items/${made.id}/content`, { body: noise(5), headers: { 'if-match': etag } }), 412, 'resourceModified');
  }
  await expectStored('match.bin', noise(1000, 2));
  assert.equal((await state()).sessions.length, 0);
  assert.equal((await put('match.bin', '', noise(1000, 4), { 'if-match': current.eTag })).status, 200);
  await expectStored('match.bin', noise(1000, 4));
});

for (const key of ['@microsoft.graph.conflictBehavior', '%40microsoft.graph.conflictBehavior']) {
  await cases.check(`${key}=fail keeps an item, =rename makes another, filed under its own id`, async () => {
    const name = `clash-${key.length}.bin`;
    const stem = name.slice(0, -4);
    const made = (await put(name, '', noise(2000, 1))).json;
    expectError(await put(name, `?${key}=fail`, noise(2000, 2)), 409, 'nameAlreadyExists');
    await expectStored(name, noise(2000, 1));
    const renamed = await put(name, `?${key}=rename`, noise(2000, 3));
    assert.equal(renamed.status, 201, `${renamed.bytes}`);
    assert.notEqual(renamed.json.name, name);
    assert.ok(renamed.json.name.startsWith(stem));
    assert.notEqual(renamed.json.id, made.id);
    await expectStored(name, noise(2000, 1));
    await expectStored(renamed.json.name, noise(2000, 3));
    const records = JSON.parse(office.kerros('item', 'list', '--json').out);
    const filed = records.filter((record) => record.item_id === renamed.json.id);
    assert.equal(filed.length, 1);
    assert.equal(filed[0].name, renamed.json.name);
    assert.equal(filed[0].state, 'bound');
  });
}

await cases.check('conflictBehavior fail and rename hold for sessions too', async () => {
  await put('clash-session.bin', '', noise(2000, 1));
  expectError(await Session.ask(office, '/Salassa/clash-session.bin', { behavior: 'fail' }), 409, 'nameAlreadyExists');
  const session = await Session.open(office, '/Salassa/clash-session.bin', { behavior: 'rename' });
  const renamed = await session.put(noise(3000, 2), 0, 3000);
  assert.equal(renamed.status, 201, `${renamed.bytes}`);
  assert.notEqual(renamed.json.name, 'clash-session.bin');
  await expectStored(renamed.json.name, noise(3000, 2));
  await expectStored('clash-session.bin', noise(2000, 1));
});

// --- more than the cloud takes in one PUT ---
// Largest plain size whose sealed file still goes by one PUT.
const largest = (() => {
  let size = kPutLimit - 512;
  while (512 + size + 16 * (Math.floor(size / 16384) + 1) >= kPutLimit) size -= 1;
  return size;
})();
function* pieces(size) {
  for (let at = 0; at < size; at += 1 << 20) yield noise(Math.min(1 << 20, size - at), at);
}
async function largePut(size, headers) {
  const reply = await office.graph('PUT', putTarget('large.bin'), { body: Readable.from(pieces(size)), headers });
  assert.ok([200, 201].includes(reply.status), `${reply.bytes}`);
  assert.equal(reply.json.size, size);
  const digest = sha256(Buffer.concat([...pieces(size)]));
  assert.equal(sha256((await office.get('/Salassa/large.bin')).bytes), digest);
}
const sawSession = async () => {
  const log = (await office.cloud.control('GET', '/log')).json;
  await office.cloud.control('DELETE', '/log');
  return log.some((entry) => entry.target?.includes('createUploadSession'));
};
if (process.argv[3] === 'large') {
  await cases.check(`the largest PUT of ${largest} bytes goes upstream as one`, async () => {
    await sawSession();
    await largePut(largest, { 'content-length': largest });
    assert.equal(await sawSession(), false);
  });
  await cases.check('one byte more goes by a session, chunked', async () => {
    await largePut(largest + 1, { 'transfer-encoding': 'chunked' });
    assert.equal(await sawSession(), true);
  });
}
await cases.check(`a PUT of ${largest + 1} bytes becomes a session upstream`, async () => {
  await sawSession();
  await largePut(largest + 1, { 'content-length': largest + 1 });
  assert.equal(await sawSession(), true);
  assert.equal((await state()).sessions.length, 0);
});

cases.end();
await office.stop();
