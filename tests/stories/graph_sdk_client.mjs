// The cases of graph_sdk_test.mjs, all through the client library; only the vendor's disk and its
// switches are reached past it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Readable } from 'node:stream';

import { Cloud } from '../sandbox/cloud.mjs';
import { Cases } from '../support/cases.mjs';
import { samplesOf } from '../support/leaks.mjs';
import { noise, sha256 } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { given } from '../support/trusting.mjs';
import { connect, download, loadSdk } from './graph_sdk.mjs';

const sdk = loadSdk();
const office = await given();
const client = connect(sdk, office);
const cloud = Object.assign(new Cloud(), { ready: { control: office.control } });
const cases = new Cases();
const it = cases.it.bind(cases);
const kLarge = 100_000_000;
const secrets = [];

// Bytes that must not reach the vendor in clear; the other process looks for them in the end.
function secret(size, seed) {
  const bytes = noise(size, seed);
  secrets.push(samplesOf(bytes));
  return bytes;
}

// Sealed size of `plain` bytes: a prefix of 512, and 16 for each chunk, the last one being short.
const sealedSize = (plain) => 512 + plain + 16 * (Math.floor(plain / 16384) + 1);

async function vendorHolds(id) {
  const state = (await cloud.control('GET', '/state')).json;
  const item = state.items.find((one) => one.id === id);
  return fs.readFileSync(item.blob);
}

async function withSwitch(name, item, run) {
  await cloud.control('POST', '/switches', { name, value: true, match: { item } });
  try {
    return await run();
  } finally {
    await cloud.control('DELETE', '/switches');
  }
}

// What every answer about a file must say, wherever it came from.
function assertDescribes(item, bytes) {
  assert.equal(item.size, bytes.length, `the size of ${item.name}`);
  assert.equal(item.file.hashes.quickXorHash, quickXor(bytes), `the hash of ${item.name}`);
}

async function assertComesBack(path, bytes) {
  const seen = await download(client, path);
  assert.equal(seen.length, bytes.length);
  assert.equal(sha256(seen), sha256(bytes));
}

// Sealed: of the right size, and some windows of the plaintext are nowhere in it.
async function assertSealedAtVendor(id, bytes) {
  const stored = await vendorHolds(id);
  assert.equal(stored.length, sealedSize(bytes.length));
  for (const at of [0, 1000, Math.floor(bytes.length / 2), bytes.length - 16]) {
    const window = bytes.subarray(at, at + 16);
    if (window.length === 16) assert.equal(stored.indexOf(window), -1, `plaintext from ${at}`);
  }
}

const content = (name) => `/me/drive/root:/Salassa/${encodeURIComponent(name)}:/content`;
const about = (name) => `/me/drive/root:/Salassa/${encodeURIComponent(name)}`;

it('makes the folder of what is confidential', async () => {
  const made = await client.api('/me/drive/root/children').post({ name: 'Salassa', folder: {} });
  assert.equal(made.folder.childCount, 0);
  const seen = await client.api('/me/drive/root:/Salassa').get();
  assert.equal(seen.id, made.id);
});

it('sends a small file and gets it back whole', async () => {
  const bytes = Buffer.from('Palkkalista: Aino 5 200, Ville 4 900, Kaisa 6 150\n');
  const item = await client.api(content('pay roll #1 100%.txt')).put(bytes);
  assert.equal(item.name, 'pay roll #1 100%.txt');
  assertDescribes(item, bytes);
  await assertComesBack(content('pay roll #1 100%.txt'), bytes);
  await assertSealedAtVendor(item.id, bytes);
});

it('replaces it by id, and the new bytes are what comes back', async () => {
  const before = await client.api(about('pay roll #1 100%.txt')).get();
  const bytes = secret(70_000, 'second');
  const item = await client.api(`/me/drive/items/${before.id}/content`).put(bytes);
  assert.equal(item.id, before.id);
  assert.notEqual(item.cTag, before.cTag);
  assertDescribes(item, bytes);
  await assertComesBack(`/me/drive/items/${before.id}/content`, bytes);
});

it('sends an empty file and gets an empty file back', async () => {
  const item = await client.api(content('empty.txt')).put(Buffer.alloc(0));
  assert.equal(item.size, 0);
  await assertComesBack(content('empty.txt'), Buffer.alloc(0));
  assert.equal((await client.api(about('empty.txt')).get()).size, 0);
});

it('sends 100 MB by OneDriveLargeFileUploadTask', async () => {
  const bytes = secret(kLarge, 'task');
  let progress = 0;
  const task = await sdk.OneDriveLargeFileUploadTask.create(client, bytes, {
    fileName: 'by-task.bin', path: '/Salassa', conflictBehavior: 'replace',
    uploadEventHandlers: { progress: (range) => { progress = range.maxValue; } },
  });
  const { responseBody } = await task.upload();
  assert.equal(progress, kLarge - 1);
  assertDescribes(responseBody, bytes);
  await assertSealedAtVendor(responseBody.id, bytes);
  await assertComesBack(content('by-task.bin'), bytes);
  const url = (await client.api(about('by-task.bin')).get())['@microsoft.graph.downloadUrl'];
  const direct = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.equal(sha256(direct), sha256(bytes));
});

it('sends 100 MB by the generic LargeFileUploadTask, from a stream', async () => {
  const bytes = secret(kLarge, 'generic');
  const session = await sdk.LargeFileUploadTask.createUploadSession(
    client, `${about('by-generic.bin')}:/createUploadSession`, {});
  const pieces = Array.from({ length: Math.ceil(kLarge / 777_777) },
    (_, i) => bytes.subarray(i * 777_777, (i + 1) * 777_777));
  const file = new sdk.StreamUpload(Readable.from(pieces, { objectMode: false }), 'by-generic.bin', kLarge);
  const task = new sdk.LargeFileUploadTask(client, file, session, { rangeSize: 12 * 327_680 });
  const { responseBody } = await task.upload();
  assertDescribes(responseBody, bytes);
  await assertSealedAtVendor(responseBody.id, bytes);
  await assertComesBack(content('by-generic.bin'), bytes);
});

it('resumes an upload that stopped in the middle', async () => {
  const bytes = secret(3_000_001, 'resumed');
  const file = new sdk.FileUpload(bytes, 'resumed.bin', bytes.length);
  const sliceFile = file.sliceFile.bind(file);
  let slices = 0;
  file.sliceFile = (range) => {
    slices += 1;
    if (slices === 3) throw new Error('the cable was pulled');
    return sliceFile(range);
  };
  const task = await sdk.OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file,
    { fileName: 'resumed.bin', path: '/Salassa', rangeSize: 2 * 327_680 });
  await assert.rejects(task.upload(), /cable/);
  const status = await task.getStatus();
  assert.deepEqual(status.nextExpectedRanges.map((range) => parseInt(range, 10)), [4 * 327_680]);
  const { responseBody } = await task.resume();
  assertDescribes(responseBody, bytes);
  await assertComesBack(content('resumed.bin'), bytes);
});

it('cancels an upload, and the name is free again', async () => {
  const bytes = secret(2 * 327_680, 'cancelled');
  const options = { fileName: 'cancelled.bin', path: '/Salassa', rangeSize: 327_680, conflictBehavior: 'fail' };
  const file = new sdk.FileUpload(bytes, 'cancelled.bin', bytes.length);
  const task = await sdk.OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file, options);
  await task.uploadSlice(bytes.subarray(0, 327_680), new sdk.Range(0, 327_679), bytes.length);
  assert.equal((await task.cancel()).status, 204);
  await assert.rejects(client.api(about('cancelled.bin')).get(), { statusCode: 404 });
  const again = await sdk.OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file, options);
  assertDescribes((await again.upload()).responseBody, bytes);
});

it('keeps both files when names meet, by the large task and by a small PUT', async () => {
  const second = secret(400_000, 'name meets');
  const task = await sdk.OneDriveLargeFileUploadTask.create(client, second, { fileName: 'by-task.bin', path: '/Salassa' });
  const { responseBody } = await task.upload();
  assert.equal(responseBody.name, 'by-task 1.bin');
  assertDescribes(responseBody, second);
  await assertComesBack(content('by-task 1.bin'), second);
  const small = Buffer.from('small and second');
  const item = await client.api(content('resumed.bin'))
    .query({ '@microsoft.graph.conflictBehavior': 'rename' }).put(small);
  assert.equal(item.name, 'resumed 1.bin');
  await assertComesBack(content('resumed 1.bin'), small);
  await assertComesBack(content('resumed.bin'), noise(3_000_001, 'resumed'));
});

it('lists a folder page by page with the sizes and hashes of the user', async () => {
  const folder = await client.api('/me/drive/root:/Salassa:/children').post({ name: 'Palkat', folder: {} });
  const sent = new Map();
  for (let i = 0; i < 23; i += 1) {
    const bytes = secret(i * 997, `page ${i}`);
    sent.set(`file ${i}.bin`, bytes);
    await client.api(`/me/drive/items/${folder.id}:/file ${i}.bin:/content`).put(bytes);
  }
  const first = await client.api(`/me/drive/items/${folder.id}/children`).top(7).get();
  assert.equal(first.value.length, 7);
  const seen = [];
  await new sdk.PageIterator(client, first, (item) => seen.push(item)).iterate();
  assert.deepEqual(seen.map((item) => item.name).sort(), [...sent.keys()].sort());
  for (const item of seen.filter((one) => one.size > 0)) assertDescribes(item, sent.get(item.name));
  assert.equal(seen.find((item) => item.name === 'file 0.bin').size, 0);
});

it('shows the sizes and hashes of the user also when only some fields are asked for', async () => {
  const children = '/me/drive/root:/Salassa/Palkat:/children';
  const narrow = await client.api(children).select('name,size').top(5).get();
  const seen = [];
  await new sdk.PageIterator(client, narrow, (item) => seen.push(item)).iterate();
  assert.equal(seen.length, 23);
  for (const item of seen) {
    assert.deepEqual(Object.keys(item).sort(), ['name', 'size']);
    assert.equal(item.size, 997 * Number(/\d+/.exec(item.name)[0]));
  }
  const one = await client.api('/me/drive/root:/Salassa/Palkat/file 5.bin').select('file,@microsoft.graph.downloadUrl').get();
  assert.equal(one.file.hashes.quickXorHash, quickXor(noise(5 * 997, 'page 5')));
  assert.equal(one.size, undefined);
  const direct = Buffer.from(await (await fetch(one['@microsoft.graph.downloadUrl'])).arrayBuffer());
  assert.equal(sha256(direct), sha256(noise(5 * 997, 'page 5')));
});

it('renames a file, which still opens, and moves it to another folder of the same protection', async () => {
  const bytes = noise(3_000_001, 'resumed');
  const item = await client.api(about('resumed.bin')).patch({ name: 'renamed.bin' });
  assert.equal(item.name, 'renamed.bin');
  assertDescribes(item, bytes);
  const folder = await client.api('/me/drive/root:/Salassa/Palkat').get();
  await client.api(about('renamed.bin')).patch({ parentReference: { id: folder.id } });
  await assertComesBack('/me/drive/root:/Salassa/Palkat/renamed.bin:/content', bytes);
});

it('deletes a file and a folder with all that is in it', async () => {
  await client.api(about('by-generic.bin')).delete();
  await assert.rejects(client.api(about('by-generic.bin')).get(), { statusCode: 404 });
  await assert.rejects(download(client, content('by-generic.bin')), { statusCode: 404 });
  await client.api('/me/drive/root:/Salassa/Palkat').delete();
  await assert.rejects(client.api('/me/drive/root:/Salassa/Palkat/file 3.bin').get(), { statusCode: 404 });
});

it('passes an ordinary file on as it is', async () => {
  const bytes = noise(500_000, 'ordinary');
  const item = await client.api('/me/drive/root:/ordinary.bin:/content').put(bytes);
  assertDescribes(item, bytes);
  assert.equal(sha256(await vendorHolds(item.id)), sha256(bytes));
  await assertComesBack('/me/drive/root:/ordinary.bin:/content', bytes);
});

it('rejects the upload when the cloud says it stored another size', async () => {
  await withSwitch('wrong.size', 'wrong-size.txt', () => assert.rejects(
    client.api(content('wrong-size.txt')).put(Buffer.from('what was sent')),
    { statusCode: 409, code: 'kerrosStoredDiffers' }));
});

it('rejects the last fragment when the cloud says it stored other bytes', async () => {
  const task = await sdk.OneDriveLargeFileUploadTask.create(client, secret(1_000_000, 'wrong hash'),
    { fileName: 'wrong-hash.bin', path: '/Salassa', rangeSize: 327_680 });
  // Of a fragment the library throws the answer as it is.
  await withSwitch('wrong.hash', 'wrong-hash.bin', () => assert.rejects(
    task.upload(), ({ error }) => error.code === 'kerrosStoredDiffers'));
});

// Of an ordinary file the gateway knows nothing, so the lie arrives: these cases can see one.
it('would itself notice a wrong size or hash in an answer', async () => {
  const bytes = noise(1234, 'lie');
  for (const lie of ['wrong.size', 'wrong.hash']) {
    const item = await withSwitch(lie, 'lie.bin', () => client.api('/me/drive/root:/lie.bin:/content').put(bytes));
    assert.throws(() => assertDescribes(item, bytes), assert.AssertionError);
  }
});

await cases.play();
process.send({ secrets });
process.disconnect();
