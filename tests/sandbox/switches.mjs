// Every switch of the sandbox does what its name says: node switches.mjs PATH-OF-kerros-sandbox
import assert from 'node:assert/strict';
import fs from 'node:fs';
import tls from 'node:tls';
import zlib from 'node:zlib';
import { Cloud } from './cloud.mjs';

const kUnit = 327680;
const cloud = await Cloud.start(process.argv[2]);
const body = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7 + (i >> 8)) & 255));

const on = async (name, value = true, match = { times: 1 }) => {
  const reply = await cloud.control('POST', '/switches', { name, value, match });
  assert.equal(reply.status, 200, JSON.stringify(reply.json));
};
const put = (name, headers) => cloud.graph('PUT', `/me/drive/root:/${name}:/content`, { body, headers });
const get = (name, query = '') => cloud.graph('GET', `/me/drive/root:/${name}${query}`);
const location = async (name) => (await cloud.graph('GET', `/me/drive/root:/${name}:/content`)).headers.location;
const download = async (name, headers = {}) => cloud.request('GET', await location(name), { headers });
const session = async (name, options = {}) =>
  (await cloud.graph('POST', `/me/drive/root:/${name}:/createUploadSession`, { body: options })).json;
const fragment = (url, piece, at, total) => cloud.request('PUT', url, {
  headers: { 'content-range': `bytes ${at}-${at + piece.length - 1}/${total}` }, body: piece });

// The reply byte by byte, for what no HTTP client would show.
async function raw(url) {
  const [, host, target] = /^https:\/\/([^/]+)(.*)$/.exec(url);
  const { address, port } = cloud.address(host);
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: address, port, servername: host, ca: cloud.ca }, () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    let seen = '';
    socket.on('data', (data) => { seen += data.toString('latin1'); });
    socket.on('end', () => resolve(seen));
    socket.on('error', reject);
  });
}

const checks = {
  async 'content.302.body'() {
    for (const form of ['length0', 'chunked', 'close']) {
      await on('content.302.body', form);
      const reply = await cloud.graph('GET', '/me/drive/root:/a.bin:/content');
      assert.equal(reply.status, 302);
      assert.equal(reply.headers['transfer-encoding'], form === 'chunked' ? 'chunked' : undefined);
      assert.equal(reply.headers['content-length'], form === 'length0' ? '0' : undefined);
    }
  },
  async 'redirect.to'() {
    await on('redirect.to', 'http://169.254.169.254/x');
    assert.equal(await location('a.bin'), 'http://169.254.169.254/x');
  },
  async 'range.ignore'() {
    await on('range.ignore');
    assert.equal((await download('a.bin', { range: 'bytes=1-2' })).status, 200);
  },
  async 'range.partial'() {
    await on('range.partial');
    const reply = await download('a.bin', { range: 'bytes=0-99' });
    assert.equal(reply.headers['content-range'], 'bytes 0-49/5000');
  },
  async 'range.shifted'() {
    await on('range.shifted');
    const reply = await download('a.bin', { range: 'bytes=10-19' });
    assert.equal(reply.headers['content-range'], 'bytes 11-20/5000');
  },
  async 'etag.drift'() {
    await on('etag.drift', 60000);
    const made = (await put('drift.bin')).json;
    assert.equal((await get('drift.bin')).json.eTag, made.eTag);
    await cloud.control('POST', '/clock', { offset_ms: 61000 });
    const later = (await get('drift.bin')).json;
    assert.notEqual(later.eTag, made.eTag);
    assert.equal(later.cTag, made.cTag);
    await cloud.control('POST', '/clock', { offset_ms: 0 });
  },
  async enrich() {
    await on('enrich');
    assert.equal((await put('x.docx')).json.size, body.length + 11);
    await on('enrich', { later: true });
    assert.equal((await put('y.docx')).json.size, body.length);
    assert.equal((await get('y.docx')).json.size, body.length + 11);
  },
  async 'ranges.form'() {
    const { uploadUrl } = await session('forms.bin');
    await fragment(uploadUrl, Buffer.alloc(kUnit), 0, 2 * kUnit);
    const expected = { open: ['327680-'], closed: ['327680-655359'], empty: [], absent: undefined,
                       several: ['327680-655359', '655360-'], unaligned: ['327681-'] };
    for (const [form, ranges] of Object.entries(expected)) {
      await on('ranges.form', form);
      assert.deepEqual((await cloud.request('GET', uploadUrl)).json.nextExpectedRanges, ranges);
    }
    await cloud.request('DELETE', uploadUrl);
  },
  async 'final.empty'() {
    const { uploadUrl } = await session('final.bin');
    await on('final.empty');
    const reply = await fragment(uploadUrl, body, 0, body.length);
    assert.equal(reply.status, 201);
    assert.equal(reply.bytes.length, 0);
  },
  async 'fragment.half'() {
    const { uploadUrl } = await session('half.bin');
    await on('fragment.half');
    assert.equal((await fragment(uploadUrl, body, 0, body.length)).status, 503);
    assert.deepEqual((await cloud.request('GET', uploadUrl)).json.nextExpectedRanges, ['2500-']);
    const rest = await fragment(uploadUrl, body.subarray(2500), 2500, body.length);
    assert.equal(rest.status, 201);
    assert.ok((await download('half.bin')).bytes.equals(body));
  },
  async 'session.vanish'() {
    const { uploadUrl } = await session('vanish.bin');
    await on('session.vanish');
    assert.equal((await fragment(uploadUrl, body, 0, body.length)).status, 404);
    assert.equal((await cloud.request('GET', uploadUrl)).status, 404);
  },
  async 'commit.conflict'() {
    const { uploadUrl } = await session('clash.bin');
    await on('commit.conflict');
    assert.equal((await fragment(uploadUrl, body, 0, body.length)).status, 409);
    const rescued = await cloud.graph('PUT', '/me/drive/root:/clash.bin', { body: {
      name: 'rescued.bin', '@microsoft.graph.conflictBehavior': 'rename', '@microsoft.graph.sourceUrl': uploadUrl } });
    assert.equal(rescued.status, 201);
    assert.equal(rescued.json.name, 'rescued.bin');
    const deferred = await session('deferred.bin', { deferCommit: true });
    assert.equal((await fragment(deferred.uploadUrl, body, 0, body.length)).status, 202);
    assert.equal((await get('deferred.bin')).status, 404);
    assert.equal((await cloud.request('POST', deferred.uploadUrl, { body: '' })).status, 201);
  },
  async '5xx.effective'() {
    await on('5xx.effective', 504);
    assert.equal((await put('effective.bin')).status, 504);
    assert.equal((await get('effective.bin')).status, 200);
  },
  async throttle() {
    for (const [after, want] of [[3, /^3$/], ['http-date', /GMT$/], [0, /^0$/], [null, /^undefined$/]]) {
      await on('throttle', { status: 503, retry_after: after });
      const reply = await get('a.bin');
      assert.equal(reply.status, 503);
      assert.match(String(reply.headers['retry-after']), want);
    }
  },
  async fail() {
    await on('fail', 500, { method: 'PUT', times: 1 });
    assert.equal((await put('failed.bin')).status, 500);
    assert.equal((await get('failed.bin')).status, 404);
  },
  async cae() {
    await on('cae');
    const reply = await get('a.bin');
    assert.equal(reply.status, 401);
    assert.match(reply.headers['www-authenticate'], /insufficient_claims.*claims="/);
  },
  async 'item.sparse'() {
    await on('item.sparse');
    const item = (await get('a.bin')).json;
    assert.deepEqual(item.file, {});
    assert.equal(item.cTag ?? item['@microsoft.graph.downloadUrl'], undefined);
  },
  async 'hash.sha1'() {
    await on('hash.sha1');
    const { hashes } = (await get('a.bin')).json.file;
    assert.match(hashes.sha1Hash, /^[0-9A-F]{40}$/);
    assert.match(hashes.crc32Hash, /^[0-9A-F]{8}$/);
  },
  async 'wrong.hash'() {
    await on('wrong.hash', true, { item: 'a.bin', times: 1 });
    assert.equal((await get('a.bin')).json.file.hashes.quickXorHash, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=');
  },
  async 'size.string'() {
    await on('size.string');
    assert.equal((await get('a.bin')).json.size, '5000');
  },
  async 'page.size'() {
    await on('page.size', 1);
    const page = (await cloud.graph('GET', '/me/drive/root/children')).json;
    assert.equal(page.value.length, 1);
    assert.ok(page['@odata.nextLink']);
  },
  async malware() {
    await on('malware', true, { times: 2 });
    assert.equal((await cloud.graph('GET', '/me/drive/root:/a.bin:/content')).json.error.code, 'malwareDetected');
    assert.equal((await cloud.graph('GET', '/me/drive/root:/a.bin:/content?AVOverride=1')).status, 302);
  },
  async lock() {
    await on('lock', true, { times: 2 });
    assert.equal((await put('a.bin')).status, 423);
    assert.equal((await cloud.graph('POST', '/me/drive/root:/a.bin:/createUploadSession', { body: {} })).status, 423);
  },
  async 'json.gzip'() {
    await on('json.gzip');
    const reply = await cloud.graph('GET', '/me', { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(reply.headers['content-encoding'], 'gzip');
    assert.equal(JSON.parse(zlib.gunzipSync(reply.bytes)).userPrincipalName, 'aino@contoso.test');
  },
  async 'reply.framing'() {
    const url = await location('a.bin');
    await on('reply.framing', 'close');
    const reply = await raw(url);
    assert.ok(!/content-length|chunked/i.test(reply.split('\r\n\r\n')[0]));
    await on('reply.framing', 'chunked');
    assert.ok((await download('a.bin')).bytes.equals(body));
  },
  async smuggle() {
    const url = await location('a.bin');
    const expected = { both: /Content-Length: 5000\r\nTransfer-Encoding: chunked/, two_lengths: /Content-Length: 5000\r\nContent-Length: 5007/,
                       bad_chunk: /\r\n0x1388g\r\n/, '1xx': /^HTTP\/1\.1 103 /, trailers: /0\r\nX-Late: yes\r\n\r\n$/ };
    for (const [form, pattern] of Object.entries(expected)) {
      await on('smuggle', form);
      assert.match(await raw(url), pattern);
    }
  },
  async 'tls.close'() {
    const url = await location('a.bin');
    await on('tls.close', { after: 100, notify: true });
    const reply = await raw(url);
    assert.equal(reply.length - reply.indexOf('\r\n\r\n') - 4, 100);
    await on('tls.close', { after: 0, reset: true }, { path_regex: 'download', times: 1 });
    await assert.rejects(download('a.bin'));
  },
  async slow() {
    await on('slow', 50000, { path_regex: 'download', times: 1 });
    assert.ok((await download('a.bin')).bytes.equals(body));
  },
  async 'token.lifetime'() {
    await on('token.lifetime', 10);
    const token = await cloud.login('aino@contoso.test');
    assert.equal((await cloud.graph('GET', '/me', { token })).status, 200);
    await cloud.control('POST', '/clock', { offset_ms: 11000 });
    const reply = await cloud.graph('GET', '/me', { token });
    assert.equal(reply.status, 401);
    assert.equal(reply.json.error.innerError.code, 'expiredToken');
    await cloud.control('POST', '/clock', { offset_ms: 0 });
  },
  async 'chunked.cut.commits'() {
    const cut = async (name) => {
      const { address, port } = cloud.address('graph.microsoft.com');
      await new Promise((resolve, reject) => {
        const socket = tls.connect({ host: address, port, servername: 'graph.microsoft.com', ca: cloud.ca }, () => {
          socket.end(`PUT /v1.0/me/drive/root:/${name}:/content HTTP/1.1\r\nHost: graph.microsoft.com\r\n` +
            `Authorization: Bearer ${cloud.token}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
        });
        socket.on('close', resolve);
        socket.on('error', reject);
        socket.resume();
      });
    };
    await cut('cut.bin');
    assert.equal((await get('cut.bin')).status, 404);
    await on('chunked.cut.commits');
    await cut('cut.bin');
    assert.equal((await get('cut.bin')).json.size, 5);
  },
};

try {
  cloud.token = await cloud.login('aino@contoso.test');
  await put('a.bin');
  for (const [name, check] of Object.entries(checks)) {
    await check();
    assert.ok((await cloud.control('GET', '/switches')).json.every((s) => s.applied > 0), `${name} was never applied`);
    await cloud.control('DELETE', '/switches');
    console.log(`ok  ${name}`);
  }
} finally {
  cloud.child.kill('SIGKILL');
  fs.rmSync(cloud.dir, { recursive: true, force: true });
}
