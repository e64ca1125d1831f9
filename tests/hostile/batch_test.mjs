// Requests within a request: node batch_test.mjs BIN_DIR
// A batch is a way to carry requests, not a way around anything: what is sealed alone is sealed in
// it, what is refused alone is refused in it, and what could be read in two ways is refused whole.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';

import { CanarySearch } from '../support/canaries.mjs';
import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { expectError } from './session.mjs';
import { Wiretap } from './wiretap.mjs';

const kCanary = 'KANARIALINTU-eraan-1f6c2a90b7';
const cases = new Cases();
const tap = new Wiretap();
const office = await Office.open({ bin: process.argv[2], between: (cloud) => tap.before(cloud) });
await office.login();
await office.folder('Salassa');
await office.folder('Yleinen');
const sealedSize = (size) => 512 + size + 16 * (Math.floor(size / 16384) + 1);
const content = (size) => Buffer.concat([Buffer.from(kCanary), noise(size, size + 1)]);
const path = (name, rest = '') => `/me/drive/root:/Salassa/${name}${rest === '' ? '' : `:/${rest}`}`;
const upload = (id, name, bytes, more = {}) => ({ id, method: 'PUT', url: path(name, 'content'),
  headers: { 'Content-Type': 'application/octet-stream' }, body: bytes.toString('base64'), ...more });
const get = (id, url, more = {}) => ({ id, method: 'GET', url, ...more });
const control = async (...args) => (await office.cloud.control(...args)).json;

async function send(requests, options = {}) {
  return office.graph('POST', '/$batch', { body: { requests }, ...options });
}
// The answers by id; each request is answered once.
async function answers(requests, options) {
  const reply = await send(requests, options);
  assert.equal(reply.status, 200, `${reply.bytes}`);
  assert.match(reply.headers['content-type'], /^application\/json/);
  assert.doesNotMatch(reply.bytes.toString(), /tempauth|sharepoint\.com\/_api|graph\.microsoft\.com\/v1\.0\/\$batch/);
  const ids = reply.json.responses.map(({ id }) => id);
  assert.deepEqual([...ids].sort(), requests.map(({ id }) => id).sort());
  const byId = Object.fromEntries(reply.json.responses.map((one) => [one.id, one]));
  byId.order = ids;
  byId.request = reply.headers['request-id'];
  return byId;
}
async function upstreamSaw() {
  const seen = await control('GET', '/log');
  await office.cloud.control('DELETE', '/log');
  return seen;
}
async function expectStored(name, bytes) {
  assert.equal((await office.stored(name)).size, sealedSize(bytes.length));
  const reply = await office.get(`/Salassa/${name}`);
  assert.equal(reply.status, 200, `${reply.bytes}`);
  assert.ok(reply.bytes.equals(bytes), `${name}: other bytes`);
}

await cases.check('twenty requests of all kinds, each with the answer it would have got alone', async () => {
  const sizes = [0, 100, 16384, 50000];
  const json = { name: kCanary, nested: { numbers: [1, 2.5] } };
  const requests = [
    ...sizes.map((size, i) => upload(`up-${i}`, `batch-${i}.bin`, content(size))),
    upload('empty', 'empty.bin', Buffer.alloc(0)),
    { id: 'json', method: 'PUT', url: path('object.json', 'content'), headers: { 'Content-Type': 'application/json' }, body: json },
    { id: 'plain', method: 'PUT', url: '/me/drive/root:/Yleinen/open.txt:/content', headers: { 'Content-Type': 'text/plain' }, body: Buffer.from('for all').toString('base64') },
    { id: 'folder', method: 'POST', url: '/me/drive/root:/Salassa:/children', headers: { 'Content-Type': 'application/json' }, body: { name: 'alla', folder: {} } },
    { id: 'below', method: 'PUT', url: path('alla/deep.bin', 'content'), headers: { 'Content-Type': 'text/plain' }, body: content(9).toString('base64'), dependsOn: ['folder'] },
    get('meta', path('batch-2.bin'), { dependsOn: ['up-2'] }),
    get('moved', path('batch-3.bin', 'content'), { dependsOn: ['up-3'] }),
    get('open', '/me/drive/root:/Yleinen/open.txt:/content', { dependsOn: ['plain'] }),
    get('list', '/me/drive/root:/Salassa:/children?$select=name,size', { dependsOn: ['up-0', 'up-1', 'up-2', 'up-3'] }),
    get('me', '/me'),
    { id: 'unlisted', method: 'POST', url: '/me/sendMail', headers: { 'Content-Type': 'application/json' }, body: {} },
    get('thumb', path('batch-1.bin', 'thumbnails'), { dependsOn: ['up-1'] }),
    get('missing', path('nowhere.bin')),
    get('after-missing', '/me', { dependsOn: ['missing'] }),
    get('after-that', '/me', { dependsOn: ['after-missing', 'me'] }),
    { id: 'session', method: 'POST', url: path('large.bin', 'createUploadSession'), headers: { 'Content-Type': 'application/json' }, body: {} },
  ];
  assert.equal(requests.length, 20);
  const told = await answers(requests);
  sizes.forEach((size, i) => {
    assert.equal(told[`up-${i}`].status, 201, JSON.stringify(told[`up-${i}`]));
    assert.equal(told[`up-${i}`].body.size, size + kCanary.length);
  });
  assert.deepEqual(['empty', 'json', 'plain', 'folder', 'below', 'meta', 'moved', 'open', 'list', 'me', 'unlisted', 'thumb',
    'missing', 'after-missing', 'after-that', 'session'].map((id) => told[id].status),
  [201, 201, 201, 201, 201, 200, 302, 302, 200, 200, 403, 406, 404, 424, 424, 200]);
  for (const [i, size] of sizes.entries()) await expectStored(`batch-${i}.bin`, content(size));
  await expectStored('empty.bin', Buffer.alloc(0));
  await expectStored('object.json', Buffer.from(JSON.stringify(json)));
  assert.ok((await office.get('/Salassa/alla/deep.bin')).bytes.equals(content(9)));
  assert.equal((await office.stored('open.txt')).size, 7);
  assert.equal(told.meta.body.size, 16384 + kCanary.length);
  assert.equal(told.list.body.value.find(({ name }) => name === 'batch-3.bin').size, 50000 + kCanary.length);
  assert.equal(told['after-missing'].body.error.code, 'failedDependency');
  assert.ok(told.session.body.uploadUrl.startsWith(`https://localhost:${office.port}/kerros/upload/`));
});

await cases.check('content is never in a batch, only a redirect to an own URL that gives the plaintext', async () => {
  const told = await answers([get('sealed', path('batch-3.bin', 'content')), get('open', '/me/drive/root:/Yleinen/open.txt:/content')]);
  for (const [id, bytes] of [['sealed', content(50000)], ['open', Buffer.from('for all')]]) {
    assert.equal(told[id].status, 302);
    assert.equal(told[id].body, undefined);
    const url = told[id].headers.Location;
    assert.ok(url.startsWith(`https://localhost:${office.port}/kerros/download/`), url);
    const reply = await office.graph('GET', url);
    assert.equal(reply.status, 200, `${reply.bytes}`);
    assert.ok(reply.bytes.equals(bytes), id);
  }
  const part = await office.graph('GET', told.sealed.headers.Location, { headers: { range: 'bytes=100-20000' } });
  assert.equal(part.status, 206);
  assert.ok(part.bytes.equals(content(50000).subarray(100, 20001)));
});

await cases.check('no token, or one that upstream refuses, opens nothing', async () => {
  const requests = [get('content', path('batch-3.bin', 'content')), get('meta', path('batch-3.bin')), upload('put', 'nobody.bin', content(5))];
  for (const token of [null, 'not-a-token']) {
    const told = await answers(requests, { token });
    for (const { id } of requests) {
      assert.equal(told[id].status, 401, `${id}: ${JSON.stringify(told[id])}`);
      assert.equal(told[id].headers.Location, undefined);
    }
  }
  assert.equal(await office.stored('nobody.bin'), undefined);
});

await cases.check('urls with and without a slash, of both versions, and absolute ones of both names', async () => {
  const kUrls = ['/me', 'me', 'https://graph.microsoft.com/v1.0/me', 'https://graph.microsoft.com/beta/me', `https://localhost:${office.port}/v1.0/me`];
  await upstreamSaw();
  const told = await answers(kUrls.map((url, i) => get(`${i}`, url)));
  for (const i of kUrls.keys()) assert.equal(told[i].status, 200, `${kUrls[i]}: ${JSON.stringify(told[i])}`);
  assert.deepEqual((await upstreamSaw()).map(({ target }) => target), ['/v1.0/me', '/v1.0/me', '/v1.0/me', '/beta/me', '/v1.0/me']);
  const beta = await office.graph('POST', `https://localhost:${office.port}/beta/$batch`, { body: { requests: [get('b', '/me')] } });
  assert.equal(beta.json.responses[0].status, 200);
  assert.deepEqual((await upstreamSaw()).map(({ target }) => target), ['/beta/me']);
});

await cases.check('a chain runs in its order whatever the order it was sent in', async () => {
  await upstreamSaw();
  const told = await answers([
    { id: 'last', method: 'DELETE', url: path('chain.bin'), dependsOn: ['second'] },
    get('second', path('chain.bin'), { dependsOn: ['first'] }),
    upload('first', 'chain.bin', content(7)),
  ]);
  assert.deepEqual(['first', 'second', 'last'].map((id) => told[id].status), [201, 200, 204]);
  assert.equal(told.second.body.size, kCanary.length + 7);
  assert.equal(told.last.body, undefined);
  const order = (await upstreamSaw()).map(({ method }) => method).filter((method) => method !== 'GET');
  assert.deepEqual(order, ['PUT', 'DELETE']);
});

await cases.check('a throttled request is told so by itself, with its Retry-After', async () => {
  await control('POST', '/switches', { name: 'throttle', value: { status: 429, retry_after: 7 }, match: { path_regex: 'batch-1\\.bin' } });
  const told = await answers([get('throttled', path('batch-1.bin')), get('free', path('batch-2.bin')), get('waits', '/me', { dependsOn: ['throttled'] })]);
  await office.cloud.control('DELETE', '/switches');
  assert.deepEqual([told.throttled.status, told.free.status, told.waits.status], [429, 200, 424]);
  assert.equal(told.throttled.headers['Retry-After'], '7');
  assert.equal(told.free.headers['Retry-After'], undefined);
});

await cases.check('a lost connection upstream is the matter of one request', async () => {
  await control('POST', '/switches', { name: 'tls.close', value: { after: 0, reset: true }, match: { path_regex: 'batch-1\\.bin' } });
  const told = await answers([get('lost', path('batch-1.bin')), get('free', path('batch-2.bin'))]);
  await office.cloud.control('DELETE', '/switches');
  assert.deepEqual([told.lost.status, told.free.status], [502, 200]);
});

const twins = [get('a', '/me'), get('a', '/me/drive')];
const kWhole = {
  'no request': [[], /1 to 20/],
  '21 requests': [Array.from({ length: 21 }, (_, i) => get(`${i}`, '/me')), /1 to 20/],
  'two requests with one id': [twins, /same id/],
  'a batch within the batch': [[{ id: '1', method: 'POST', url: '/$batch', headers: { 'Content-Type': 'application/json' }, body: { requests: twins } }], /another batch/],
  'one with its name escaped': [[{ id: '1', method: 'POST', url: '/%24batch', body: { requests: [] } }], /another batch/],
  'a url of another host': [[get('1', 'https://evil.test/v1.0/me')], /another host/],
  'a url of a tenant': [[get('1', 'https://contoso.sharepoint.com/_api/v2.0/drive')], /another host/],
  'a url without https': [[get('1', 'http://graph.microsoft.com/v1.0/me')], /https/],
  'an own URL': [[get('1', 'https://graph.microsoft.com/kerros/download/abc')], /version/],
  'a url that ends its line': [[get('1', '/me\r\nX-Evil: 1')], /percent-encoded/],
  'a header that ends its line': [[get('1', '/me', { headers: { Accept: 'a\r\nX-Evil: 1' } })], /header/],
  'another token': [[get('1', '/me', { headers: { Authorization: 'Bearer other' } })], /token/],
  'a dependency that is not there': [[get('1', '/me', { dependsOn: ['2'] })], /not in the batch/],
  'a circle': [[get('1', '/me', { dependsOn: ['2'] }), get('2', '/me', { dependsOn: ['1'] })], /circle/],
  'a method of another kind': [[{ id: '1', method: 'CONNECT', url: '/me' }], /method/],
  'a body that is not base64': [[{ ...upload('1', 'x.bin', Buffer.alloc(3)), body: kCanary }], /base64/],
  'base64 that says it is JSON': [[{ ...upload('1', 'x.bin', Buffer.alloc(3)), headers: { 'Content-Type': 'application/json' } }], /Content-Type/],
};
for (const [what, [requests, sentence]] of Object.entries(kWhole)) {
  await cases.check(`${what}: refused whole, and nothing of it goes upstream`, async () => {
    await upstreamSaw();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const reply = await send([...requests, ...(what.startsWith('21') || requests.length === 0 ? [] : [upload('bystander', 'bystander.bin', content(1))])], { agent });
    expectError(reply, 400, 'BadRequest');
    assert.match(reply.json.error.message, sentence);
    assert.doesNotMatch(reply.bytes.toString(), new RegExp(`evil|${kCanary}`));
    assert.deepEqual(await upstreamSaw(), []);
    assert.equal((await office.graph('GET', '/me', { agent })).status, 200);
    agent.destroy();
  });
}
await cases.check('a doubled key, broken JSON and JSON without end are refused whole', async () => {
  await upstreamSaw();
  for (const body of ['{"requests":[{"id":"1","method":"GET","url":"/me","url":"/me/drive"}]}', '{"requests":[', '', '[]',
    `{"requests":[{"id":"1","method":"POST","url":"/me","body":${'['.repeat(200)}${']'.repeat(200)}}]}`])
    expectError(await office.graph('POST', '/$batch', { body, headers: { 'content-type': 'application/json' } }), 400, 'BadRequest');
  // Refused by its length alone: whether a client that still sends can read the answer is luck.
  const large = await office.graph('POST', '/$batch', { body: Buffer.alloc((4 << 20) + 1, 0x20), headers: { 'content-type': 'application/json' } })
    .catch((error) => error);
  if (large.status !== undefined) expectError(large, 413, 'invalidRequest');
  else assert.ok(['EPIPE', 'ECONNRESET'].includes(large.code), String(large));
  assert.deepEqual(await upstreamSaw(), []);
});

await cases.check('what is refused alone is refused inside, by itself', async () => {
  const told = await answers([
    get('dots', '/me/drive/root:/Yleinen/../Salassa/batch-1.bin:/content'),
    get('slashes', '//evil.test/me'),
    get('doubled', '/v1.0/me'),
    { id: 'file', method: 'POST', url: '/me/drive/root:/Salassa:/children', body: { name: 'x.bin', file: {} } },
    { id: 'tunnel', method: 'POST', url: path('tunnel.bin', 'content'), headers: { 'X-HTTP-Method-Override': 'PUT', 'Content-Type': 'text/plain' }, body: content(3).toString('base64') },
    get('free', '/me'),
  ]);
  assert.deepEqual(['dots', 'slashes', 'doubled', 'file', 'free'].map((id) => told[id].status), [400, 400, 400, 403, 200]);
  // A tunnelled verb is the verb: sealed like any other PUT.
  assert.equal(told.tunnel.status, 201, JSON.stringify(told.tunnel));
  await expectStored('tunnel.bin', content(3));
});

await cases.check('each request is in the audit log by itself, with the batch it came in', async () => {
  const told = await answers([upload('1', 'logged.bin', content(11)), get('2', '/me/unheard/of')]);
  assert.deepEqual([told[1].status, told[2].status], [201, 403]);
  assert.match(told.request, /^[0-9a-f-]{36}$/);
  const records = JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out);
  const mine = records.filter((record) => JSON.stringify(record).includes(told.request));
  assert.deepEqual(mine.map(({ event }) => event).sort(), ['refused', 'upload-done', 'upload-intent']);
  assert.equal(office.kerros('audit', 'verify').code, 0);
});

await cases.check('what the answers take together is bounded, and what does not fit is told', async () => {
  const agent = new https.Agent({ keepAlive: false });
  for (const name of Array.from({ length: 40 }, (_, i) => `Yleinen/${'pitka-'.repeat(20)}${i}`)) await office.folder(name.split('/')[1], '/me/drive/root:/Yleinen:');
  const one = (await office.graph('GET', '/me/drive/root:/Yleinen:/children')).bytes.length;
  assert.ok(one > 16384 && one < 65536, `${one}`);
  await office.killGateway('SIGTERM');
  const before = fs.readFileSync(office.configFile, 'utf8');
  fs.writeFileSync(office.configFile, `${before}\n[limits]\njson_bytes = "64KiB"\n`);
  await office.startGateway();
  const told = await answers(Array.from({ length: 8 }, (_, i) => get(`${i}`, '/me/drive/root:/Yleinen:/children')), { agent });
  const statuses = Array.from({ length: 8 }, (_, i) => told[i].status);
  assert.equal(statuses[0], 200);
  assert.ok(statuses.includes(502), `${statuses}`);
  assert.equal(told[statuses.indexOf(502)].body.error.code, 'generalException');
});

await cases.check('nothing of the canary went upstream', async () => {
  const search = new CanarySearch();
  search.add(kCanary);
  const sent = tap.take();
  assert.ok(sent.filter(({ target }) => target.includes('Salassa')).length >= 8, 'the wiretap saw no upload');
  assert.ok(sent.every(({ target }) => !target.includes('$batch')));
  for (const { target, pieces } of sent) assert.deepEqual(search.in(Buffer.concat(pieces)), [], target);
  const { hits, searched } = search.below(office.cloud.dir);
  assert.ok(searched > 50000);
  assert.deepEqual(hits.slice(0, 3), []);
});

cases.end();
tap.stop();
await office.stop();
