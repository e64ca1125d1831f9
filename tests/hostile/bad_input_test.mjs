// Bad input, one line each: what is sent, the status, the Graph code and the whole sentence that
// come back, and the store, which is the same before and after. Starts that must fail are in
// bad_start_test.mjs, disks without room in full_disk_test.mjs.
//
//   node tests/hostile/bad_input_test.mjs BIN_DIR
import assert from 'node:assert';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

import { Office, noise, sha256 } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const bin = process.argv[2];
const cases = new Cases();
const office = await Office.open({ bin });

// Everything in the store's data files, sessions too: a refused request must leave no trace in them.
const settings = fs.readFileSync(office.configFile, 'utf8');
const sessions = /^sessions = "(.*)"$/m.exec(settings)[1];
function storeHash() {
  const files = ['keys', 'items'].map((part) => path.join(office.home, 'store', part));
  const hash = crypto.createHash('sha256');
  for (const file of [...files, sessions]) hash.update(fs.readFileSync(path.join(file, 'data.mdb')));
  return hash.digest('hex');
}

// A whole request as octets, for what no client library would send.
function raw(text) {
  return new Promise((resolve, reject) => {
    let seen = '';
    const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca },
      () => socket.write(text));
    socket.setTimeout(15000, () => socket.destroy(new Error('no end of the connection')));
    socket.on('data', (data) => { seen += data; });
    socket.on('error', reject);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      const [head, body = ''] = seen.split('\r\n\r\n');
      let json;
      try { json = JSON.parse(body); } catch { json = undefined; }
      resolve({ status: Number(head.split(' ')[1]), head, json });
    });
  });
}

const fragmentFaulty = 'The Content-Range header is missing or malformed, or does not fit the body. '
  + 'Correct the fragment and send it again.';
const says = {
  malformed: 'The request could not be understood. Its form breaks the protocol. Correct the request and send it again.',
  ambiguous: 'The request can be read in more than one way and was refused. Send its address without dot segments, '
    + 'doubled slashes or faulty escapes, and the length of its body once.',
  fragmentFaulty,
  lengthsDiffer: `${fragmentFaulty} Content-Length is not the length of Content-Range.`,
  totalsDiffer: `${fragmentFaulty} The total differs from that of the first fragment.`,
  tooLarge: 'The file or body is larger than the service can hold. Send less.',
  gap: "The fragment leaves a gap after the bytes already received. Ask for the session's status and go on at its next "
    + 'expected range.',
  unknownRoute: 'This request is not one the encryption gateway knows, and it could carry protected content past it. Use '
    + 'another interface of the service, or ask your administrator.',
  onlyFolders: "The organisation's encryption policy does not allow this for a protected item. Ask your administrator. "
    + 'Only folders can be created here; upload files with PUT content.',
  noSession: 'The upload session was not found. It has ended, was cancelled or has expired. Create a new upload session.',
  notFound: 'The resource could not be found. It was moved or deleted, or its link has expired. List its folder, or ask '
    + 'for a new link.',
};

try {
  await office.login();
  await office.folder('Salassa');
  assert.equal((await office.put('/Salassa/a.bin', noise(40000))).status, 201);
  const session = async () => (await office.graph('POST',
    `/me/drive/root:/Salassa/${crypto.randomUUID()}.bin:/createUploadSession`, { body: {} })).json.uploadUrl;
  const url = await session();
  const fragment = (range, bytes = Buffer.alloc(10)) => () =>
    office.graph('PUT', url, { body: bytes, headers: range === undefined ? {} : { 'content-range': range } });
  const head = (lines, body = '0123456789') => () => raw(
    `${lines.join('\r\n')}\r\nHost: localhost\r\nAuthorization: Bearer ${office.token}\r\n\r\n${body}`);

  const begun = await session();
  assert.equal((await office.graph('PUT', begun, { body: noise(327680), headers: { 'content-range': 'bytes 0-327679/700000' } })).status, 202);
  const goOn = (range) => () => office.graph('PUT', begun, { body: noise(10), headers: { 'content-range': range } });
  const put = (lines, body) => head(['PUT /v1.0/me/drive/root:/Salassa/x:/content HTTP/1.1', ...lines], body);
  const json = (target, text) => () => office.graph('POST', target,
    { body: Buffer.from(text, 'latin1'), headers: { 'content-type': 'application/json' } });
  const asSession = (text) => json('/me/drive/root:/Salassa/j.bin:/createUploadSession', text);
  const asChild = (text) => json('/me/drive/root/children', text);
  const own = (method, target, options) => () => office.graph(method, `https://localhost:${office.port}/kerros/${target}`, options);

  // what is sent | how | status | code | sentence
  const table = [
    ['a fragment without Content-Range', fragment(undefined), 400, 'invalidRequest', says.fragmentFaulty],
    ...['', 'bytes', 'bytes 0-9', 'bytes 0-9/', 'bytes 0-/10', 'bytes -9/10', 'bytes */10', 'bytes 0-9/*', 'octets 0-9/10', 'Bytes 0-9/10',
      'bytes=0-9/10', 'bytes  0-9/10', 'bytes 9-0/10', 'bytes 0-9/5', 'bytes -1-9/10', 'bytes +0-9/10', 'bytes 0x0-9/10',
      'bytes 0-9/10;x', 'bytes 0-9/10, 10-19/20', 'bytes 0-9/99999999999999999999'].map((range) =>
      [`a fragment with "${range}"`, fragment(range), 400, 'invalidRequest', says.fragmentFaulty]),
    ['two Content-Ranges', fragment(['bytes 0-9/10', 'bytes 0-9/11']), 400, 'invalidRequest', says.fragmentFaulty],
    ['a fragment shorter than its range', fragment('bytes 0-99/100'), 400, 'invalidRequest', says.lengthsDiffer],
    ['a fragment longer than its range', fragment('bytes 0-4/10'), 400, 'invalidRequest', says.lengthsDiffer],
    ['a total of 2^63 - 1', fragment('bytes 0-9/9223372036854775807'), 413, 'invalidRequest', says.tooLarge],
    ['a total of 2^64 - 1', fragment('bytes 0-9/18446744073709551615'), 413, 'invalidRequest', says.tooLarge],
    ['a gap', fragment('bytes 100-109/1000'), 416, 'invalidRange', says.gap],
    ['a total that changes', goOn('bytes 327680-327689/700001'), 400, 'invalidRequest', says.totalsDiffer],
    ['a gap after the first fragment', goOn('bytes 400000-400009/700000'), 416, 'invalidRange', says.gap],
    ['two different Content-Lengths', put(['Content-Length: 10', 'Content-Length: 11']), 400, 'invalidRequest', says.malformed],
    ['the same Content-Length twice', put(['Content-Length: 10', 'Content-Length: 10']), 400, 'invalidRequest', says.ambiguous],
    ['Content-Length beside chunked', put(['Content-Length: 10', 'Transfer-Encoding: chunked']), 400, 'invalidRequest', says.malformed],
    ['a Content-Length that is no number', put(['Content-Length: ten']), 400, 'invalidRequest', says.malformed],
    ['a negative Content-Length', put(['Content-Length: -1']), 400, 'invalidRequest', says.malformed],
    ['a Content-Length beyond 64 bits', put(['Content-Length: 99999999999999999999']), 400, 'invalidRequest', says.malformed],
    ['a coding that is not known', put(['Transfer-Encoding: gzip']), 400, 'invalidRequest', says.ambiguous],
    ['a broken chunk size', head(['PUT /v1.0/me/drive/root:/x:/content HTTP/1.1', 'Transfer-Encoding: chunked', 'Connection: close'], 'xyz\r\n'), 400, 'invalidRequest', says.malformed],
    ['no HTTP at all', () => raw('hello\r\n\r\n'), 400, 'invalidRequest', says.malformed],
    ['HTTP/1.0', () => raw('GET / HTTP/1.0\r\n\r\n'), 400, 'invalidRequest', says.malformed],
    ['dot segments', () => office.graph('GET', '/me/drive/root:/Salassa/%2e%2e/a:/content'), 400, 'invalidRequest', says.ambiguous],
    ['a lone %', () => office.graph('GET', '/me/drive/root:/Salassa/100%:/content'), 400, 'invalidRequest', says.ambiguous],
    ['an unknown route', () => office.graph('GET', '/me/messages/1/$value'), 403, 'accessDenied', says.unknownRoute],
    ...['{"item":', '[]', '7', 'null', '\xff\xfe', '{} {}', '{"item":{},"item":{}}', '{"item":{"fileSize":-1}}',
      '{"item":{"fileSize":1e300}}', '['.repeat(5000)].map((text) =>
      [`for a session ${text.slice(0, 30)}`, asSession(text), 400, 'invalidRequest', says.malformed]),
    ['a session for a file of 2^63 - 1', asSession('{"item":{"fileSize":9223372036854775807}}'), 413, 'invalidRequest', says.tooLarge],
    ...['{', '[]', '{"name":"a","name":"b","folder":{}}'].map((text) =>
      [`for a folder ${text}`, asChild(text), 400, 'invalidRequest', says.malformed]),
    ['a file made by JSON', asChild('{"name":"x","file":{}}'), 403, 'accessDenied', says.onlyFolders],
    ['an upload URL that was never issued', own('PUT', 'upload/AQAA', { body: 'x', headers: { 'content-range': 'bytes 0-0/1' } }), 404,
      'itemNotFound', says.noSession],
    ['a download URL that was never issued', own('GET', 'download/AQAA'), 404, 'itemNotFound', says.notFound],
  ];
  for (const [what, send, status, code, sentence] of table) {
    await cases.check(`${what} is answered ${status} ${code}, and the store is as it was`, async () => {
      const before = storeHash();
      const answer = await send();
      assert.equal(answer.status, status, `${answer.json ? JSON.stringify(answer.json) : answer.head ?? answer.bytes}`);
      assert.equal(answer.json.error.code, code);
      assert.equal(answer.json.error.message, sentence);
      assert.equal(storeHash(), before);
    });
  }

  await cases.check('after all of it the file is whole and the gateway serves', async () => {
    const got = await office.get('/Salassa/a.bin');
    assert.equal(sha256(got.bytes), sha256(noise(40000)));
  });
} finally {
  await office.stop();
}

cases.end();
