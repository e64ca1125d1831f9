// Hundreds of files of all sizes and names go out and come back, and nothing of them stays with the
// vendor: node many_files_test.mjs BIN_DIR [--big]
//
// 500 files, sizes log-uniform from nothing to 8 MiB (--big: 64 MiB, about 2 GB), sent by PUT, by
// chunked PUT and by upload sessions with fragments of any size. In each a canary is planted at its
// start, in its middle and at its end; the vendor records every body it receives.
import assert from 'node:assert/strict';
import https from 'node:https';
import path from 'node:path';
import { Readable } from 'node:stream';

import { CanarySearch } from '../support/canaries.mjs';
import { Cases } from '../support/cases.mjs';
import { Office, encodePath, noise, randomFrom, sha256 } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';

const [bin, size] = process.argv.slice(2);
const kFiles = 500;
const kLargest = size === '--big' ? 64 << 20 : 8 << 20;
const kWorkers = size === '--big' ? 3 : 6;
const kBorders = [0, 1, 7, 16383, 16384, 16385, 327679, 327680, 327681, kLargest];
const kMethods = ['put', 'chunked', 'session'];

// Each is legal at the vendor and has tripped somebody's URL handling.
const kNames = [
  '100%', '%41bc', '%2F', '%2521', '%', '#1', 'a#b%23', 'plus+plus', '+', 'a  b', 'a   b', 'and&and=', "it's", "''",
  "('x')", '$value', '$select=name', 'semi;colon,comma', 'at@at', '!bang!', '[brackets]', '{braces}', '^caret`tick',
  '.hidden', '..two', '...', 'ends.with.', 'ÄÖÅ äöå', 'ä composed', 'a\u0308 apart', 'ﬁ ligature', 'ß', 'İstanbul',
  '日本語', 'العربية', 'עברית', '🔐 layer', '👩‍👩‍👧', 'zero\u200bwidth', 'content', 'children', 'root', 'items', 'createUploadSession',
  'kerros', 'x'.repeat(180), 'ü'.repeat(90),
];
const kFolders = ['Salassa/plain', 'Salassa/Ä & Ö #2', "Salassa/it's 50% +", 'Salassa/日本', 'Salassa/a  b'];

// Uploads come on connections of their own, downloads on connections that stay.
const agent = new https.Agent({ keepAlive: true, maxSockets: kWorkers });
const random = randomFrom(2026);
const office = await Office.open({ bin, cloudFlags: ['--record-bodies'] });
const search = new CanarySearch();
const cases = new Cases();
const it = cases.it.bind(cases);

function drawSize(index) {
  if (index < kBorders.length) return kBorders[index];
  return Math.floor(Math.exp((random(1 << 30) / (1 << 30)) * Math.log(kLargest + 1))) - 1;
}

const files = Array.from({ length: kFiles }, (_, index) => {
  const bytes = drawSize(index);
  return {
    index,
    folder: kFolders[index % kFolders.length],
    name: `${kNames[index % kNames.length]} ${index}.bin`,
    size: bytes,
    method: bytes === 0 ? kMethods[index % 2] : kMethods[random(3)],
    canary: noise(12, `canary ${index}`).toString('base64').replace(/[+/]/g, 'x'),
  };
});

function contentOf(file) {
  const bytes = noise(file.size, `file ${file.index}`);
  const room = file.size - file.canary.length;
  if (room >= 0) for (const at of [0, room >> 1, room]) bytes.write(file.canary, at, 'latin1');
  return bytes;
}

const target = (file) => `/me/drive/root:${encodePath(`/${file.folder}/${file.name}`)}`;

// Pieces of any size, for chunked bodies and fragments.
function* pieces(bytes, longest) {
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(1 + random(random(4) === 0 ? 100 : longest), bytes.length - at);
    yield [at, bytes.subarray(at, at + length)];
    at += length;
  }
}

async function sendInSession(file, bytes) {
  const made = await office.graph('POST', `${target(file)}:/createUploadSession`, { body: {} });
  assert.equal(made.status, 200, made.bytes.toString());
  let answer;
  for (const [at, piece] of pieces(bytes, Math.max(bytes.length >> 2, 1000))) {
    answer = await office.graph('PUT', made.json.uploadUrl, {
      body: piece, headers: { 'content-range': `bytes ${at}-${at + piece.length - 1}/${bytes.length}` } });
    const end = at + piece.length;
    if (end < bytes.length) assert.equal(parseInt(answer.json?.nextExpectedRanges?.[0], 10), end, answer.bytes.toString());
  }
  return answer;
}

// Two gigabytes are not kept: what is compared later are digests.
function send(file) {
  const bytes = contentOf(file);
  file.sha256 = sha256(bytes);
  file.quickXor = quickXor(bytes);
  if (file.method === 'session') return sendInSession(file, bytes);
  if (file.method === 'put') return office.graph('PUT', `${target(file)}:/content`, { body: bytes });
  const body = Readable.from([...pieces(bytes, 200_000)].map(([, piece]) => piece), { objectMode: false });
  return office.graph('PUT', `${target(file)}:/content`, { body });
}

function assertDescribes(item, file) {
  assert.equal(item.name, file.name);
  assert.equal(item.size, file.size, `the size of ${file.name}`);
  if (file.size > 0) assert.equal(item.file.hashes.quickXorHash, file.quickXor, `the hash of ${file.name}`);
}

async function withAll(list, run) {
  const waiting = [...list];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        await run(one);
      } catch (error) {
        error.message = `file ${one.index} (${one.method}, ${one.size} bytes, ${one.folder}/${one.name}): ${error.message}`;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: kWorkers }, worker));
}

function assertWhole(reply, file) {
  assert.equal(reply.status, 200, reply.status === 200 ? '' : reply.bytes.toString());
  assert.equal(reply.bytes.length, file.size);
  assert.equal(sha256(reply.bytes), file.sha256);
}

it('takes every file, whatever its size, name and way', async () => {
  await withAll(files, async (file) => {
    const reply = await send(file);
    assert.equal(reply.status, 201, reply.bytes.toString());
    file.id = reply.json.id;
    assertDescribes(reply.json, file);
  });
});

it('lists them page by page with the sizes and hashes of the user', async () => {
  const seen = new Map();
  for (const folder of kFolders) {
    let url = `/me/drive/root:${encodePath(`/${folder}`)}:/children?$top=17`;
    for (let pages = 0; url; pages += 1) {
      const page = await office.graph('GET', url, { agent });
      assert.equal(page.status, 200, page.bytes.toString());
      assert.ok(page.json.value.length <= 17 && pages < 20);
      for (const item of page.json.value) seen.set(item.id, item);
      url = page.json['@odata.nextLink'];
    }
  }
  assert.equal(seen.size, kFiles);
  for (const file of files) {
    assertDescribes(seen.get(file.id), file);
    file.url = seen.get(file.id)['@microsoft.graph.downloadUrl'];
  }
});

it('gives every file back whole, by path and by its own URL', async () => {
  await withAll(files, async (file) => {
    assertWhole(await office.get(`/${file.folder}/${file.name}`, { agent }), file);
    assert.ok(file.url.startsWith(`https://localhost:${office.port}/kerros/`), file.url);
    assertWhole(await office.graph('GET', file.url, { agent, token: null }), file);
  });
});

it('leaves the vendor and our own disk without a window of any canary', async () => {
  for (const file of files.filter((one) => one.size >= one.canary.length)) search.add(file.canary);
  const vendor = search.below(office.cloud.dir);
  const sent = files.reduce((sum, file) => sum + file.size, 0);
  console.log(`      ${(sent / 1e6).toFixed(0)} MB sent, ${(vendor.searched / 1e6).toFixed(0)} MB searched`);
  assert.ok(vendor.searched > 2 * sent, 'the stored files and the recorded bodies were there to search');
  assert.deepEqual(vendor.hits, []);
  assert.deepEqual(search.below(office.home).hits, []);
  assert.deepEqual(search.inFile(path.join(office.dir, 'gateway.log')), []);
});

// An ordinary file holds a canary in every form: the search must see each of them, on the disk and
// in the record of what was received.
it('would find each form of a canary, if one were there', async () => {
  const canary = 'Kontrolli7Salaisuus4';
  const text = Buffer.from(canary);
  const forms = [text, ...[0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before, 7), text]).toString('base64')),
                 text.toString('hex'), text.toString('hex').toUpperCase(),
                 Buffer.from(canary, 'utf16le'), Buffer.from(canary, 'utf16le').swap16()];
  const body = Buffer.concat(forms.flatMap((form) => [Buffer.alloc(9, 'ö'), Buffer.from(form)]));
  assert.equal((await office.put('/control.bin', body)).status, 201);
  const control = new CanarySearch();
  control.add(canary);
  const { blob } = await office.stored('control.bin');
  for (const place of [blob, path.join(office.cloud.dir, 'received.bodies')]) {
    assert.equal(new Set(control.inFile(place).map((hit) => hit.form)).size, 8, place);
  }
});

await office.login();
await office.folder('Salassa');
for (const folder of kFolders) await office.folder(folder.split('/')[1], '/me/drive/root:/Salassa:');
const failed = await cases.play();
agent.destroy();
await office.stop({ keep: failed > 0 });
if (failed > 0) console.log(`kept for a look: ${office.dir}`);
