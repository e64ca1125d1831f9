// Random access to a sealed file: node ranges_test.mjs BIN_DIR [COUNT [SIZE]]
// COUNT random ranges equal the slices of the plaintext, through the item and through our own URL,
// and cost upstream one request (with its redirect) and at most two chunks more than was asked.
import assert from 'node:assert/strict';
import https from 'node:https';

import { Office, noise, randomFrom } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { fetch, kChunk, kSealedChunk } from './reading.mjs';

const kCount = Number(process.argv[3] ?? 10000);
const kSize = Number(process.argv[4] ?? 50_000_000);
const kInFlight = 8;
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');
const agent = new https.Agent({ keepAlive: true, maxSockets: kInFlight });

const plain = noise(kSize, 1);
const item = (await office.put('/Salassa/big.bin', plain)).json;
const byId = `${office.base}/drives/${item.parentReference.driveId}/items/${item.id}/content`;
const byPath = `${office.base}/me/drive/root:/Salassa/big.bin:/content`;
const own = item['@microsoft.graph.downloadUrl'];
const get = (url, range, headers = {}) => fetch(office, url,
  { agent, headers: { ...(range === undefined ? {} : { range }), ...headers } });

function expectPart(answer, first, last, bytes = plain) {
  assert.equal(answer.status, 206, `${answer.status} ${answer.bytes.subarray(0, 300)}`);
  assert.ok(answer.whole);
  assert.equal(answer.headers['content-range'], `bytes ${first}-${last}/${bytes.length}`);
  assert.equal(answer.headers['content-length'], String(last - first + 1));
  assert.ok(answer.bytes.equals(bytes.subarray(first, last + 1)), `${first}-${last}: other bytes`);
}
function expectWhole(answer, bytes = plain) {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-range'], undefined);
  assert.ok(answer.whole && answer.bytes.equals(bytes));
}
function expectUnsatisfiable(answer, size = plain.length) {
  assert.equal(answer.status, 416);
  assert.equal(answer.headers['content-range'], `bytes */${size}`);
  assert.equal(JSON.parse(answer.bytes).error.code, 'invalidRange');
}

// What upstream saw since it was asked last.
async function upstreamLog() {
  const log = (await office.cloud.control('GET', '/log')).json;
  await office.cloud.control('DELETE', '/log');
  return log;
}
const header = (entry, name) => entry.headers.find(([key]) => key.toLowerCase() === name)?.[1];
const isDownload = (entry) => entry.target.includes('download.aspx');

// Lengths of every order of magnitude, half of them at a chunk border.
function someRange(below) {
  const length = 1 + below(Math.min(kSize, 2 ** (1 + below(21))));
  let first = below(kSize - length + 1);
  if (below(2) === 0) first = Math.min(kSize - length, Math.max(0, Math.round(first / kChunk) * kChunk + below(3) - 1));
  return [first, first + length - 1];
}

// Ranges in flight on kept connections; each is told apart upstream by its own sealed range.
async function randomRanges(url, count, seed) {
  const below = randomFrom(seed);
  const asked = Array.from({ length: count }, () => someRange(below));
  let next = 0;
  await Promise.all(Array.from({ length: kInFlight }, async () => {
    while (next < asked.length) {
      const [first, last] = asked[next++];
      expectPart(await get(url, `bytes=${first}-${last}`), first, last);
    }
  }));
  return asked;
}

function expectFrugal(log, asked, requestsEach) {
  assert.equal(log.length, asked.length * requestsEach, `${log.length} requests for ${asked.length} ranges`);
  const fetched = log.filter(isDownload).map((entry) => header(entry, 'range'));
  assert.equal(fetched.length, asked.length);
  const lengths = fetched.map((range) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range);
    return { first: Number(first), length: Number(last) - Number(first) + 1 };
  });
  const wanted = asked.map(([first, last]) => ({ first: 512 + Math.floor(first / kChunk) * kSealedChunk,
                                                 length: last - first + 1 }));
  const order = (a, b) => a.first - b.first || a.length - b.length;
  lengths.sort(order);
  wanted.sort(order);
  wanted.forEach(({ first, length }, i) => {
    const sealed = length + 16 * Math.ceil(length / kChunk);
    assert.equal(lengths[i].first, first, 'a range upstream begins elsewhere than the chunk that was asked for');
    assert.ok(lengths[i].length <= sealed + 2 * kSealedChunk, `${lengths[i].length} fetched for ${length}`);
  });
}

await cases.check(`${Math.ceil(kCount / 2)} random ranges by item equal the plaintext, at two requests each`, async () => {
  await get(byId, 'bytes=0-0');
  await upstreamLog();
  const asked = await randomRanges(byId, Math.ceil(kCount / 2), 1);
  expectFrugal(await upstreamLog(), asked, 2);
});

await cases.check(`${Math.floor(kCount / 2)} random ranges by our own URL equal the plaintext, at one request each`, async () => {
  const asked = await randomRanges(own, Math.floor(kCount / 2), 2);
  expectFrugal(await upstreamLog(), asked, 1);
});

const n = plain.length;
for (const [name, url] of Object.entries({ item: byId, path: byPath, 'own URL': own })) {
  const forms = [['bytes=0-0', 0, 0], [`bytes=${n - 1}-`, n - 1, n - 1], ['bytes=-1', n - 1, n - 1], [`bytes=${n - 70000}-`, n - 70000, n - 1],
    ['bytes=-16385', n - 16385, n - 1], [`bytes=${n - 5}-${n + 5}`, n - 5, n - 1], [`bytes=${n - 1}-${n - 1}`, n - 1, n - 1],
    ['bytes=16383-16384', 16383, 16384], [`bytes=${n - 10}-99999999999999999999999`, n - 10, n - 1], ['BYTES=3-4', 3, 4], ['bytes= 3-4 ', 3, 4]];
  for (const [range, first, last] of forms) {
    await cases.check(`${range} by ${name} is ${first}-${last}`, async () => expectPart(await get(url, range), first, last));
  }
  for (const range of [`bytes=${n}-`, `bytes=${n}-${n}`, `bytes=${n + 1}-${n + 2}`, 'bytes=-0', 'bytes=18446744073709551616-']) {
    await cases.check(`${range} by ${name} is not satisfiable`, async () => expectUnsatisfiable(await get(url, range)));
  }
}

// What is no single satisfiable range is the whole file; on a smaller one, for speed.
const small = noise(3 * kChunk + 5, 3);
const smallItem = (await office.put('/Salassa/small.bin', small)).json;
const smallUrls = { item: `${office.base}/drives/${smallItem.parentReference.driveId}/items/${smallItem.id}/content`,
                    'own URL': smallItem['@microsoft.graph.downloadUrl'] };
for (const [name, url] of Object.entries(smallUrls)) {
  for (const range of [`bytes=0-`, `bytes=0-${small.length - 1}`, 'bytes=-999999999', `bytes=0-${small.length}`]) {
    await cases.check(`${range} by ${name} is the whole as a part`, async () => expectPart(await get(url, range), 0, small.length - 1, small));
  }
  for (const range of ['bytes=5-3', 'bytes=a-b', 'bytes=', 'bytes=-', 'bytes', '0-5', 'lines=0-5', 'bytes=0-5;7-9', 'bytes=--5', 'bytes=1 - 2',
    'bytes=0-0,-1', 'bytes=0-5,10-15', 'bytes=0-99999,0-99999', `bytes=${Array.from({ length: 100 }, (_, i) => `${i * 10}-${i * 10}`)}`]) {
    await cases.check(`${range.slice(0, 40)} by ${name} is answered by the whole`, async () => expectWhole(await get(url, range), small));
  }
  await cases.check(`several ranges of which one can be served are that one by ${name}`, async () =>
    expectPart(await get(url, `bytes=5-9,${small.length}-`), 5, 9, small));
  await cases.check(`If-Range by ${name} with the eTag gives the part, with another the whole`, async () => {
    expectPart(await get(url, 'bytes=1-2', { 'if-range': smallItem.eTag }), 1, 2, small);
    expectWhole(await get(url, 'bytes=1-2', { 'if-range': '"{00000000-0000-0000-0000-000000000000},1"' }), small);
    expectWhole(await get(url, 'bytes=1-2', { 'if-range': `W/${smallItem.eTag}` }), small);
    expectWhole(await get(url, 'bytes=1-2', { 'if-range': 'Sat, 01 Jan 2000 00:00:00 GMT' }), small);
  });
}

await cases.check('If-None-Match with the eTag is 304 without a body, with another the content', async () => {
  for (const range of [undefined, 'bytes=1-2']) {
    const same = await get(smallUrls.item, range, { 'if-none-match': smallItem.eTag });
    assert.equal(same.status, 304);
    assert.equal(same.bytes.length, 0);
  }
  expectWhole(await get(smallUrls.item, undefined, { 'if-none-match': '"x"' }), small);
  expectPart(await get(smallUrls.item, 'bytes=1-2', { 'if-none-match': '"x"' }), 1, 2, small);
});

await cases.check('HEAD tells the plain size and sends no body', async () => {
  for (const url of [smallUrls.item, `${office.base}/me/drive/root:/Salassa/small.bin:/content`]) {
    const head = await fetch(office, url, { method: 'HEAD', agent });
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-length'], String(small.length));
    assert.equal(head.headers['accept-ranges'], 'bytes');
    assert.equal(head.headers.etag, smallItem.eTag);
    assert.equal(head.bytes.length, 0);
  }
});

await cases.check('HEAD by our own URL tells the plain size and sends no body', async () => {
  const head = await fetch(office, smallUrls['own URL'], { method: 'HEAD', agent });
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], String(small.length));
  assert.equal(head.bytes.length, 0);
});

const empty = (await office.put('/Salassa/empty.bin', Buffer.alloc(0))).json;
for (const [name, url] of [['item', `${office.base}/me/drive/items/${empty.id}/content`], ['own URL', empty['@microsoft.graph.downloadUrl']]]) {
  await cases.check(`an empty file by ${name} has no bytes and no satisfiable range`, async () => {
    expectWhole(await get(url), Buffer.alloc(0));
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=5-9']) expectUnsatisfiable(await get(url, range), 0);
  });
}

// Our record must not answer for somebody whom the cloud has not accepted.
const strangers = { 'no token': '', 'a false token': 'bogus', 'another user': await office.cloud.login('ville@contoso.test') };
for (const [who, token] of Object.entries(strangers)) {
  await cases.check(`a caller whom the cloud refuses learns nothing, with ${who}`, async () => {
    for (const range of [undefined, 'bytes=0-5', 'bytes=-1', `bytes=${n * 2}-`, `bytes=${small.length}-`, 'bytes=-0']) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await fetch(office, smallUrls.item, { method, token, headers: range ? { range } : {} });
        assert.ok([401, 403, 404].includes(answer.status), `${method} ${range}: ${answer.status} ${answer.headers['content-range']}`);
        assert.ok(!JSON.stringify([answer.headers, answer.bytes.toString()]).includes(String(small.length)));
      }
    }
  });
}

agent.destroy();
cases.end();
await office.stop();
