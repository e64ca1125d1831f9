// Downloads: node download_test.mjs BIN_DIR [NUMBER...]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';

import { fetch, judge, kChunk, kPrefix, kSealedChunk, read, waysOf } from '../hostile/reading.mjs';
import { noise } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { Conformance, expectRefusal, kUpstreamTraces } from './conformance.mjs';

const room = await Conformance.open();
const { office, shows } = room;
const kPath = '/Salassa/read.bin';
const plain = noise(4 * kChunk + 1000, 'read');
const item = await room.put('read.bin', plain);
const drive = item.parentReference.driveId;
const ways = waysOf(item, kPath, plain, office);
const byId = `${office.base}/drives/${drive}/items/${item.id}/content`;
const own = item['@microsoft.graph.downloadUrl'];
const blob = (await office.stored('read.bin')).blob;
const original = fs.readFileSync(blob);
const kContent = { path_regex: '/content$' };
const kDownload = { path_regex: 'download\\.aspx' };

const get = (range, url = byId, headers = {}) => fetch(office, url, { headers: { ...(range ? { range } : {}), ...headers } });
const tamper = (how, one = item.id) => room.control('POST', '/tamper', { drive, item: one, ...how });
async function restore() {
  await tamper({ op: 'truncate', size: 0 });
  await tamper({ op: 'append', bytes: original.toString('base64'), update_metadata: true });
}

async function expectAll(wanted, chosen = ways) {
  for (const way of chosen) {
    const outcome = judge(way, await read(office, way), plain);
    assert.ok([wanted].flat().includes(outcome), `${way.name}: ${outcome}`);
  }
}
async function expectSeen(operations, chosen = ways) {
  try {
    for (const how of [operations].flat()) await tamper(how);
    await expectAll(['refused', 'cut'], chosen);
  } finally {
    await restore();
  }
  await expectAll('right', chosen);
}
const wholes = ways.filter((way) => !way.range);
const ranges = ways.filter((way) => way.range);
const byGraph = ways.filter((way) => !way.name.includes('own URL'));

shows(51, 'a redirect leads to the content only on hosts that are allowed', async () => {
  await expectAll('right', byGraph);
  for (const location of ['http://169.254.169.254/latest', 'http://contoso-my.sharepoint.com/x', 'file:///etc/passwd', 'https://evil.test/x',
    'https://contoso-my.sharepoint.com.evil.test/x', 'https://evilsharepoint.com/x', 'https://contoso-my.sharepoint.com@evil.test/']) {
    await room.on('redirect.to', location, kContent);
    await expectAll('refused', byGraph);
    await room.control('DELETE', '/switches');
  }
});

shows(52, 'a redirect may come with any body or none, and a ring of them ends', async () => {
  for (const form of ['length0', 'chunked', 'close']) {
    await room.on('content.302.body', form, kContent);
    await expectAll('right', byGraph);
    await room.control('DELETE', '/switches');
  }
  await room.on('redirect.to', `https://graph.microsoft.com/v1.0/me/drive/items/${item.id}/content`, kContent);
  await expectAll('refused', byGraph);
});

shows(53, 'content that the cloud serves without a redirect is opened', async () => {
  await room.on('content.direct', true, kContent);
  await expectAll('right', byGraph);
});

shows(54, 'no token and no cookie follow a redirect', async () => {
  const log = await room.upstreamDuring(() => get(undefined, byId, { cookie: 'FedAuth=x' }));
  const [target] = log.filter(({ target: seen }) => seen.includes('download.aspx'));
  const names = target.headers.map(([name]) => name.toLowerCase());
  assert.ok(!names.includes('authorization') && !names.includes('cookie'), `${names}`);
  const counters = await room.control('GET', '/counters');
  assert.equal(counters.authorization_on_tenant + counters.authorization_on_login, 0);
});

const n = plain.length;
for (const [range, first, last] of [['bytes=0-0', 0, 0], ['bytes=0-', 0, n - 1], ['bytes=-1', n - 1, n - 1], [`bytes=${n - 1}-${n}`, n - 1, n - 1],
  ['bytes=100-200', 100, 200], [`bytes=${kChunk - 1}-${kChunk}`, kChunk - 1, kChunk], [`bytes=${n - 1}-`, n - 1, n - 1], [`bytes=5-${10 ** 15}`, 5, n - 1]]) {
  room.shows(55, `${range} of ${n} bytes is ${first}-${last}`, async () => {
    for (const url of [byId, own]) {
      const answer = await get(range, url);
      assert.equal(answer.status, 206);
      assert.equal(answer.headers['content-range'], `bytes ${first}-${last}/${n}`);
      assert.equal(answer.headers['content-length'], String(last - first + 1));
      assert.ok(answer.bytes.equals(plain.subarray(first, last + 1)));
    }
  });
}

shows(55, 'what cannot be satisfied is 416 with the size, what cannot be read is the whole, several are parts or the whole', async () => {
  for (const range of [`bytes=${n}-`, 'bytes=-0', `bytes=${n}-${n + 9}`, 'bytes=18446744073709551616-']) {
    const answer = await get(range);
    assert.equal(answer.status, 416, range);
    assert.equal(answer.headers['content-range'], `bytes */${n}`);
  }
  for (const range of ['bytes=5-3', 'lines=0-5', 'bytes=a-b', 'bytes=', '0-5']) {
    const answer = await get(range);
    assert.equal(answer.status, 200, range);
    assert.ok(answer.bytes.equals(plain));
  }
  const empty = await room.put('empty.bin', Buffer.alloc(0));
  for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) {
    assert.equal((await get(range, `${office.base}/me/drive/items/${empty.id}/content`)).status, 416);
  }
});

shows(56, 'If-Range with the current eTag is the part, with another, a weak one or a date the whole', async () => {
  assert.equal((await get('bytes=1-2', byId, { 'if-range': item.eTag })).status, 206);
  for (const other of ['"{00000000-0000-0000-0000-000000000000},1"', `W/${item.eTag}`, 'Sat, 01 Jan 2000 00:00:00 GMT']) {
    const answer = await get('bytes=1-2', byId, { 'if-range': other });
    assert.equal(answer.status, 200);
    assert.ok(answer.bytes.equals(plain));
  }
});

shows(58, 'a cloud that ignores ranges is read to the right chunks, and the client gets its part', async () => {
  await room.on('range.ignore', true, kDownload);
  for (const way of ranges) {
    const answer = await read(office, way);
    assert.equal(answer.status, 206);
    assert.equal(judge(way, answer, plain), 'right', way.name);
  }
});

shows(59, 'another range than was asked, or another total, is an error', async () => {
  await room.on('range.partial', true, kDownload);
  await expectAll(['refused', 'cut'], ranges);
  await room.control('DELETE', '/switches');
  await room.on('range.shifted', true, kDownload);
  await expectAll(['refused', 'cut', 'whole'], ranges.filter((way) => way.last < n - 1 - kChunk));
});

shows(60, 'If-None-Match with the current eTag is 304 without a body', async () => {
  const same = await get(undefined, byId, { 'if-none-match': item.eTag });
  assert.equal(same.status, 304);
  assert.equal(same.bytes.length, 0);
  assert.equal((await get(undefined, byId, { 'if-none-match': '"x"' })).status, 200);
});

shows(61, 'a file that is replaced between two ranges is an error, not a mixture', async () => {
  const first = noise(100_000, 'before');
  const made = await room.put('mixed.bin', first);
  const url = `${office.base}/drives/${drive}/items/${made.id}/content`;
  const head = await get('bytes=0-49999', url);
  assert.ok(head.bytes.equals(first.subarray(0, 50_000)));
  // Behind the gateway's back: sealed bytes of another file of the same size under the same version.
  await room.put('mixed-other.bin', noise(100_000, 'after'));
  const other = await office.stored('mixed-other.bin');
  await tamper({ op: 'body_of_item', other: other.id }, made.id);
  const tail = await get('bytes=50000-99999', url);
  assert.ok(tail.status >= 400 || !tail.whole, `${tail.status}`);
  // Through it: the new version has a new eTag, by which a client notices.
  const again = await room.put('mixed.bin', noise(100_000, 'third'));
  assert.notEqual(again.eTag, made.eTag);
  assert.equal((await get('bytes=50000-99999', url, { 'if-range': made.eTag })).status, 200);
});

shows(62, 'a stream that ends after whole chunks, with right framing, is cut for the client', async () => {
  for (const after of [1, 2, 4].map((k) => kPrefix + k * kSealedChunk)) {
    for (const framing of ['chunked', 'close']) {
      await room.on('reply.framing', framing, kDownload);
      await room.on('tls.close', { after, notify: true }, kDownload);
      await expectAll(['refused', 'cut'], wholes);
      await room.control('DELETE', '/switches');
    }
    await expectSeen({ op: 'truncate', size: after }, wholes);
    await expectSeen({ op: 'truncate', size: after, update_metadata: true }, wholes);
  }
});

shows(63, 'a file cut to its header, to nothing, or by one byte is refused', async () => {
  for (const size of [0, 256, kPrefix, kPrefix + 15, original.length - 1]) await expectSeen({ op: 'truncate', size });
});

shows(64, 'chunks that are flipped, dropped, doubled or swapped are refused', async () => {
  const chunk = { prefix: kPrefix, chunk: kSealedChunk };
  for (const how of [{ op: 'flip', offset: kPrefix + 7, mask: 4 }, { op: 'drop_chunk', ...chunk, index: 1 }, { op: 'dup_chunk', ...chunk, index: 1 },
    { op: 'swap_chunks', ...chunk, a: 0, b: 2 }]) await expectSeen(how, wholes);
});

shows(65, 'a header that was changed in any field is refused', async () => {
  for (const offset of [0, 8, 10, 12, 30, 60, 100, 300, 460, 490]) await expectSeen({ op: 'flip', offset, mask: 1 }, wholes);
});

shows(66, 'what follows the final chunk is refused', async () => {
  for (const size of [1, 16, kSealedChunk]) await expectSeen({ op: 'append', bytes: Buffer.alloc(size).toString('base64') }, wholes);
});

shows(67, 'an older version served as the current one is refused, under its old and under a new version mark', async () => {
  await room.put('rolled.bin', noise(60_000, 'first'));
  const made = await room.put('rolled.bin', noise(60_000, 'second'));
  for (const mark of [{}, { new_version: true }]) {
    await tamper({ op: 'older_version', update_metadata: true, ...mark }, made.id);
    expectRefusal(await office.get('/Salassa/rolled.bin'), 409, 'kerrosNotAuthentic');
  }
});

shows(68, 'a version whose answer was lost opens for whoever asks next', async () => {
  const bytes = noise(70_000, 'lost');
  await room.on('5xx.effective', 504, { method: 'PUT', times: 1 });
  office.secret(bytes);
  assert.ok((await office.put('/Salassa/lost.bin', bytes)).status >= 500);
  await room.control('DELETE', '/switches');
  await room.expectStored('lost.bin', bytes);
  assert.equal((await room.item('lost.bin')).size, bytes.length);
});

async function plant(name, bytes) {
  await room.control('POST', '/items', { drive, path: `/Salassa/${name}`, bytes: bytes.toString('base64') });
  return (await office.graph('GET', `/me/drive/root:/Salassa/${name}`)).json;
}

shows(69, 'a file sealed elsewhere is refused, and its listing invents nothing', async () => {
  const foreign = Buffer.from(original);
  foreign.fill(7, 20, 90);
  const listed = await plant('foreign.bin', foreign);
  expectRefusal(await office.get('/Salassa/foreign.bin'), 409, 'kerrosNotAuthentic');
  assert.equal(listed.size, foreign.length);
  const hash = listed.file.hashes?.quickXorHash;
  assert.ok(hash === undefined || hash === quickXor(foreign));
});

shows(70, 'a plain file in a protected folder passes with an event, and is never called sealed', async () => {
  const bytes = noise(30_000, 'legacy');
  await plant('legacy.bin', bytes);
  const reply = await office.get('/Salassa/legacy.bin');
  assert.equal(reply.status, 200);
  assert.ok(reply.bytes.equals(bytes));
  assert.ok(room.events().some(({ event }) => event === 'legacy-plain-read'));
  assert.deepEqual(room.records().filter(({ name }) => name === 'legacy.bin'), []);
});

shows(71, 'a plain file that begins like a sealed one is refused, not delivered', async () => {
  const bytes = Buffer.concat([original.subarray(0, 8), noise(5000, 'chance')]);
  await plant('chance.bin', bytes);
  expectRefusal(await office.get('/Salassa/chance.bin'), 409, 'kerrosNotAuthentic');
});

shows(72, 'a file that the cloud calls malware is 403, and is served when the client insists', async () => {
  await room.on('malware', true, { path_regex: '/content' });
  expectRefusal(await office.get(kPath), 403, 'malwareDetected');
  const insisted = await fetch(office, `${byId}?AVOverride=1`);
  assert.equal(insisted.status, 200);
  assert.ok(insisted.bytes.equals(plain));
});

shows(73, 'a false size in the listing neither cuts nor holds up the content', async () => {
  await room.on('wrong.size', true, {});
  const reply = await office.get(kPath);
  assert.equal(reply.status, 200);
  assert.ok(reply.bytes.equals(plain));
});

shows(74, 'conversions, thumbnails and previews of a sealed item are refused here', async () => {
  const sealed = await room.put('deck.pptx', noise(4000, 'deck'));
  const log = await room.upstreamDuring(async () => {
    for (const [method, side] of [['GET', 'content?format=pdf'], ['GET', 'content?format=jpg&width=100&height=100'], ['GET', 'thumbnails'],
      ['GET', 'thumbnails/0/large/content'], ['POST', 'preview'], ['GET', 'workbook/worksheets'], ['POST', 'extractSensitivityLabels']]) {
      for (const base of [`/me/drive/items/${sealed.id}`, '/me/drive/root:/Salassa/deck.pptx:']) {
        const reply = await office.graph(method, `${base}/${side}`, method === 'POST' ? { body: {} } : {});
        expectRefusal(reply, 406, 'notSupported');
        assert.match(reply.json.error.message, /plaintext/);
      }
    }
  });
  assert.ok(!log.some(({ target }) => /format=|thumbnails|preview|workbook|Labels/.test(target)));
});

shows(75, 'HEAD tells the plain length and the eTag, and has no body', async () => {
  for (const url of [byId, `${office.base}/me/drive/root:${kPath}:/content`]) {
    const head = await fetch(office, url, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-length'], String(n));
    assert.equal(head.headers.etag, item.eTag);
    assert.equal(head.bytes.length, 0);
  }
});

shows(76, 'content framed by length, by chunks or by the end of the connection reads alike', async () => {
  for (const framing of ['chunked', 'close']) {
    await room.on('reply.framing', framing, kDownload);
    await expectAll('right');
    await room.control('DELETE', '/switches');
  }
});

// Reads nothing of the answer after its head until told to.
function stalled(url) {
  return new Promise((resolve, reject) => {
    const request = https.request({ method: 'GET', host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
      path: url.replace(/^https:\/\/[^/]+/, ''), headers: { authorization: `Bearer ${office.token}` } }, (response) => {
      response.pause();
      resolve(response);
    });
    request.on('error', reject);
    request.end();
  });
}

shows(77, 'readers that stop hold bounded memory, and others are served meanwhile', async () => {
  const large = noise(12 << 20, 'stalled');
  const made = await room.put('stalled.bin', large);
  const url = `${office.base}/drives/${drive}/items/${made.id}/content`;
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${office.gateway.pid}/status`, 'utf8'))[1]);
  const before = resident();
  const readers = await Promise.all(Array.from({ length: 24 }, () => stalled(url)));
  const reply = await office.get(kPath);
  assert.ok(reply.bytes.equals(plain));
  const grown = (resident() - before) / 1024;
  assert.ok(grown < 24 * 8, `${grown} MiB more for 24 readers of 12 MiB each`);
  for (const reader of readers) reader.destroy();
});

shows(81, 'a name of any letters never breaks the head of an answer', async () => {
  for (const name of ['quote"d.txt', 'Ä日本🔐.txt', '\u202Egnp.txt', "semi;colon='x'.txt"]) {
    const sent = await office.put(`/Salassa/${name}`, Buffer.from('x'));
    if (sent.status >= 400) continue;  // a name that the cloud does not take
    const reply = await office.get(`/Salassa/${name}`);
    assert.equal(reply.status, 200, name);
    const disposition = reply.headers['content-disposition'] ?? '';
    assert.doesNotMatch(disposition, /[\r\n\0]/);
    assert.match(disposition, /^$|^attachment(; ?filename(\*=UTF-8''[A-Za-z0-9%._~!$&+^`|#-]+|="([^"\\]|\\.)*"))*$/);
  }
});

shows(82, 'our own download URL serves ranges and repeats, and nothing when changed or after its time', async () => {
  for (let times = 0; times < 2; times += 1) assert.ok((await get(undefined, own)).bytes.equals(plain));
  assert.ok((await get('bytes=10-19', own)).bytes.equals(plain.subarray(10, 20)));
  for (const at of [own.length - 1, own.length - 40, own.indexOf('/download/') + 14]) {
    const changed = `${own.slice(0, at)}${own[at] === 'A' ? 'B' : 'A'}${own.slice(at + 1)}`;
    assert.ok([401, 403, 404].includes((await get(undefined, changed)).status));
  }
  assert.equal((await get(undefined, own.replace('/download/', '/upload/'))).status >= 400, true);
});

shows(83, 'what is listed is what is delivered: size, hash and bytes', async () => {
  for (const size of [1, kChunk - 1, kChunk, 3 * kChunk + 7]) {
    const bytes = noise(size, `listed ${size}`);
    await room.put('listed.bin', bytes);
    const listed = await room.item('listed.bin');
    const reply = await office.get('/Salassa/listed.bin');
    assert.equal(listed.size, reply.bytes.length);
    assert.equal(listed.file.hashes.quickXorHash, quickXor(reply.bytes));
    assert.equal(reply.headers['content-length'], String(size));
    assert.ok(reply.bytes.equals(bytes));
  }
});

shows(84, 'nothing of an answer with content names the cloud or its secrets', async () => {
  for (const way of ways) {
    const answer = await read(office, way);
    assert.doesNotMatch(JSON.stringify(answer.headers), kUpstreamTraces);
    assert.equal(answer.headers.location, undefined);
    assert.equal(answer.headers['content-md5'] ?? answer.headers.digest, undefined);
  }
});

async function versions(name) {
  const bytes = [noise(40_000, 'v1'), noise(50_000, 'v2')];
  let made;
  for (const one of bytes) made = await room.put(name, one);
  const list = await office.graph('GET', `/me/drive/items/${made.id}/versions`);
  assert.equal(list.status, 200);
  return { made, bytes, list: list.json.value };
}

shows(79, 'an older version opens, ranges included, and the current one is 400 as from the cloud', async () => {
  const { made, bytes, list } = await versions('versions-1.bin');
  const older = `${office.base}/me/drive/items/${made.id}/versions/${list[1].id}/content`;
  const whole = await get(undefined, older);
  assert.equal(whole.status, 200, `${whole.bytes.subarray(0, 300)}`);
  assert.ok(whole.bytes.equals(bytes[0]));
  const part = await get('bytes=100-199', older);
  assert.ok(part.status === 206 ? part.bytes.equals(bytes[0].subarray(100, 200)) : part.bytes.equals(bytes[0]));
  const current = await get(undefined, `${office.base}/me/drive/items/${made.id}/versions/${list[0].id}/content`);
  assert.equal(current.status, 400);
});

shows(80, 'versions are listed with the sizes of the user', async () => {
  const { made, bytes, list } = await versions('versions-2.bin');
  assert.deepEqual(list.map(({ size }) => size), [bytes[1].length, bytes[0].length]);
  const one = await office.graph('GET', `/me/drive/items/${made.id}/versions/${list[1].id}`);
  assert.equal(one.json.size, bytes[0].length);
});

shows(80, 'an older version that is restored is the current one, and opens', async () => {
  const { made, bytes, list } = await versions('versions-3.bin');
  const restored = await office.graph('POST', `/me/drive/items/${made.id}/versions/${list[1].id}/restoreVersion`, { body: '' });
  assert.equal(restored.status, 204, `${restored.bytes}`);
  const reply = await office.get('/Salassa/versions-3.bin');
  assert.equal(reply.status, 200);
  assert.ok(reply.bytes.equals(bytes[0]));
});

await room.play();
