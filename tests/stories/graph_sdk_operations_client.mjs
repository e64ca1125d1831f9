// The cases of graph_sdk_operations_test.mjs: what Microsoft's client does beyond sending, listing
// and fetching files. Bytes that go to the protected folder are told to the other process.
import assert from 'node:assert/strict';

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
const secrets = [];

const about = (name) => `/me/drive/root:/Salassa/${encodeURIComponent(name)}`;
const content = (name) => `${about(name)}:/content`;

function secret(size, seed) {
  const bytes = noise(size, seed);
  secrets.push(samplesOf(bytes));
  return bytes;
}
function assertDescribes(item, bytes) {
  assert.equal(item.size, bytes.length, `the size of ${item.name}`);
  assert.equal(item.file.hashes.quickXorHash, quickXor(bytes), `the hash of ${item.name}`);
}
async function assertComesBack(path, bytes) {
  assert.equal(sha256(await download(client, path)), sha256(bytes));
}
async function put(name, size) {
  const bytes = secret(size, `operations ${name}`);
  const item = await client.api(content(name)).put(bytes);
  assertDescribes(item, bytes);
  return { item, bytes };
}
const isOurs = (url) => office.ownLinks.some((start) => url.startsWith(start));

await client.api('/me/drive/root/children').post({ name: 'Salassa', folder: {} });
const kept = await put('kept.bin', 30_000);

it('walks through changes page by page, and later asks with the token alone', async () => {
  const seen = new Map();
  const first = await client.api('/me/drive/root/delta').top(2).get();
  const pages = new sdk.PageIterator(client, first, (item) => { seen.set(item.id, item); return true; });
  await pages.iterate();
  assert.equal(seen.get(kept.item.id).size, kept.bytes.length);
  const link = pages.getDeltaLink();
  assert.ok(isOurs(link), link);
  const later = await put('later.bin', 4000);
  const token = /token=([^&]+)/.exec(link)[1];
  for (const asked of [link, `/me/drive/root/delta?token=${token}`, `/me/drive/root/delta(token='${token}')`]) {
    const changed = (await client.api(asked).get()).value.find(({ id }) => id === later.item.id);
    assert.equal(changed.size, later.bytes.length, asked);
  }
});

it('stops paging in the middle and goes on from there', async () => {
  for (let i = 0; i < 5; i += 1) await put(`page ${i}.bin`, 1000 + i);
  const names = [];
  const first = await client.api('/me/drive/root:/Salassa:/children').top(2).get();
  const pages = new sdk.PageIterator(client, first, (item) => { names.push([item.name, item.size]); return names.length !== 3; });
  await pages.iterate();
  assert.equal(names.length, 3);
  assert.equal(pages.isComplete(), false);
  await pages.resume();
  assert.equal(new Map(names).get('page 4.bin'), 1004);
  assert.equal(new Map(names).size, 7);
});

it('finds a file by its name, with its plain size', async () => {
  const found = (await client.api("/me/drive/root/search(q='kept')").get()).value.find(({ id }) => id === kept.item.id);
  assert.equal(found.size, kept.bytes.length);
});

it('resumes after a failure, and has an UploadResult with the item in the end', async () => {
  const bytes = secret(2_500_000, 'operations resumed');
  const file = new sdk.FileUpload(bytes, 'resumed.bin', bytes.length);
  const task = await sdk.OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file,
    { fileName: 'resumed.bin', path: '/Salassa', rangeSize: 2 * 327_680 });
  // Longer than the gateway waits, so that the client is told.
  await cloud.control('POST', '/switches', { name: 'throttle', value: { status: 503, retry_after: 3600 },
    match: { method: 'PUT', path_regex: 'uploadSession', nth: 2 } });
  await assert.rejects(task.upload());
  await cloud.control('DELETE', '/switches');
  const result = await task.resume();
  assert.ok(result instanceof sdk.UploadResult);
  assertDescribes(result.responseBody, bytes);
  await assertComesBack(content('resumed.bin'), bytes);
});

it('cancels what it began, and cannot go on with it', async () => {
  const bytes = secret(2 * 327_680, 'operations cancelled');
  const file = new sdk.FileUpload(bytes, 'cancelled.bin', bytes.length);
  const task = await sdk.OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file, { fileName: 'cancelled.bin', path: '/Salassa', rangeSize: 327_680 });
  await task.uploadSlice(bytes.subarray(0, 327_680), new sdk.Range(0, 327_679), bytes.length);
  assert.equal((await task.cancel()).status, 204);
  await assert.rejects(task.getStatus(), { statusCode: 404 });
});

it('commits an upload whose name was taken meanwhile', async () => {
  const bytes = secret(500_000, 'operations commit');
  const file = new sdk.FileUpload(bytes, 'committed.bin', bytes.length);
  const task = await sdk.OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file, { fileName: 'committed.bin', path: '/Salassa' });
  await cloud.control('POST', '/switches', { name: 'commit.conflict', value: true, match: { times: 1 } });
  await assert.rejects(task.upload());
  await cloud.control('DELETE', '/switches');
  const item = await task.commit(about('committed.bin'), 'rename');
  assertDescribes(item, bytes);
  await assertComesBack(`/me/drive/items/${item.id}/content`, bytes);
});

it('sends a batch that uploads, waits for the upload, and lists', async () => {
  // Outside a browser the library knows bodies of JSON only.
  const bytes = Buffer.from(JSON.stringify({ minutes: secret(2000, 'operations batched').toString('hex') }));
  const request = (path, options = {}) => new Request(`${office.baseUrl}${path}`, options);
  const steps = [
    { id: '1', request: request(content('batched.bin'), { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: bytes }) },
    { id: '2', request: request(about('batched.bin'), { method: 'GET' }), dependsOn: ['1'] },
    { id: '3', request: request(`/me/drive/items/${kept.item.id}`, { method: 'GET' }), dependsOn: ['1'] },
    { id: '4', request: request('/me/drive/root:/Salassa/nowhere.bin', { method: 'GET' }), dependsOn: ['1'] }];
  const answers = new sdk.BatchResponseContent(await client.api('/$batch').post(await new sdk.BatchRequestContent(steps).getContent()));
  assert.equal(answers.getResponseById('1').status, 201);
  assertDescribes(await answers.getResponseById('2').json(), bytes);
  assertDescribes(await answers.getResponseById('3').json(), kept.bytes);
  assert.equal(answers.getResponseById('4').status, 404);
  await assertComesBack(content('batched.bin'), bytes);
});

it('copies a file, follows the monitor, and reads the copy', async () => {
  const folder = await client.api('/me/drive/root:/Salassa').get();
  const reply = await client.api(`/me/drive/items/${kept.item.id}/copy`).responseType(sdk.ResponseType.RAW)
    .post({ name: 'copied.bin', parentReference: { driveId: folder.parentReference.driveId, id: folder.id } });
  assert.equal(reply.status, 202, `${reply.status}`);
  const monitor = reply.headers.get('location');
  assert.ok(isOurs(monitor), monitor);
  let state;
  do state = await (await fetch(monitor, { redirect: 'manual' })).json(); while (['notStarted', 'inProgress'].includes(state.status));
  assert.equal(state.status, 'completed');
  await assertComesBack(`/me/drive/items/${state.resourceId}/content`, kept.bytes);
  assertDescribes(await client.api(`/me/drive/items/${state.resourceId}`).get(), kept.bytes);
});

it('lists versions, reads an older one and restores it', async () => {
  const first = await put('versions.bin', 5000);
  const second = secret(6000, 'operations second version');
  await client.api(content('versions.bin')).put(second);
  const versions = (await client.api(`/me/drive/items/${first.item.id}/versions`).get()).value;
  assert.deepEqual(versions.map(({ size }) => size), [6000, 5000]);
  await assertComesBack(`/me/drive/items/${first.item.id}/versions/${versions[1].id}/content`, first.bytes);
  await client.api(`/me/drive/items/${first.item.id}/versions/${versions[1].id}/restoreVersion`).post({});
  await assertComesBack(content('versions.bin'), first.bytes);
});

it('finds a file by the search interface', async () => {
  const answer = await client.api('/search/query').post({ requests: [{ entityTypes: ['driveItem'], query: { queryString: 'kept' } }] });
  const hit = answer.value[0].hitsContainers[0].hits.find(({ resource }) => resource.id === kept.item.id);
  assert.equal(hit.resource.size, kept.bytes.length);
});

await cases.play();
process.send({ secrets });
process.disconnect();
