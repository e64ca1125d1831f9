// The cases of pnp_test.mjs, all through PnP's client library as npm delivers it: it is told where
// Graph is and what the token is, and nothing of it is replaced.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { Cloud } from '../sandbox/cloud.mjs';
import { Cases } from '../support/cases.mjs';
import { samplesOf } from '../support/leaks.mjs';
import { noise, sha256 } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { given } from '../support/trusting.mjs';
import { loadPnp } from './pnp.mjs';

const { graphfi, GraphBrowser, BearerToken, Paged } = await loadPnp();
const office = await given();
const graph = graphfi().using(GraphBrowser({ baseUrl: `${office.baseUrl}/v1.0` }), BearerToken(office.token));
const drive = graph.me.drive;
const cloud = Object.assign(new Cloud(), { ready: { control: office.control } });
const cases = new Cases();
const it = cases.it.bind(cases);
const secrets = [];

const sealedSize = (plain) => 512 + plain + 16 * (Math.floor(plain / 16384) + 1);

// Bytes that must not reach the vendor in clear; the other process looks for them in the end.
function secret(size, seed) {
  const bytes = noise(size, seed);
  secrets.push(samplesOf(bytes));
  return bytes;
}

async function vendorHolds(id) {
  const state = (await cloud.control('GET', '/state')).json;
  return fs.readFileSync(state.items.find((one) => one.id === id).blob);
}

function assertDescribes(item, bytes) {
  assert.equal(item.size, bytes.length, `the size of ${item.name}`);
  assert.equal(item.file.hashes.quickXorHash, quickXor(bytes), `the hash of ${item.name}`);
}

async function assertComesBack(id, bytes) {
  const seen = Buffer.from(await (await drive.getItemById(id).getContent()).arrayBuffer());
  assert.equal(sha256(seen), sha256(bytes));
  assert.equal((await vendorHolds(id)).length, sealedSize(bytes.length));
}

const isOurs = (url, below) => office.ownLinks.some((start) => url.startsWith(start + below));
const inFolder = () => drive.getItemByPath('Salassa');
const small = secret(12_345, 'pnp small');
const ids = {};

it('finds the drive and makes the folder of what is confidential', async () => {
  assert.ok((await drive()).id);
  const made = await drive.root.children.addFolder({ name: 'Salassa', conflictBehavior: 'fail' });
  ids.folder = made.id;
  assert.equal((await drive.getItemByPath('Salassa')()).id, made.id);
});

it('sends a small file by its path and gets it back whole', async () => {
  const item = await drive.getItemById(ids.folder).upload({ filePathName: 'small.bin', content: small, contentType: 'application/octet-stream' });
  ids.small = item.id;
  assertDescribes(item, small);
  await assertComesBack(item.id, small);
});

it('replaces it by its id on the condition of its eTag', async () => {
  const item = await drive.getItemById(ids.small)();
  const bytes = secret(23_456, 'pnp second');
  const replaced = await drive.getItemById(ids.small).upload({ content: bytes, contentType: 'application/octet-stream', eTag: item.eTag });
  assert.equal(replaced.id, ids.small);
  await assertComesBack(ids.small, bytes);
  await assert.rejects(drive.getItemById(ids.small).upload({ content: small, contentType: 'application/octet-stream', eTag: item.eTag }), /412/);
  await assertComesBack(ids.small, bytes);
});

it('sends a large file in a session, asks for its status, and gets the item in the end', async () => {
  const bytes = secret(3_000_000, 'pnp session');
  const { session, resumableUpload } = await drive.getItemById(ids.folder).createUploadSession({
    item: { name: 'large.bin' }, conflictBehavior: 'replace' });
  assert.ok(isOurs(session.uploadUrl, 'kerros/'));
  const kPiece = 4 * 327_680;
  let answer;
  for (let at = 0; at < bytes.length; at += kPiece) {
    const piece = bytes.subarray(at, at + kPiece);
    if (at > 0) assert.deepEqual((await resumableUpload.status()).nextExpectedRanges, [`${at}-${bytes.length - 1}`]);
    answer = await resumableUpload.upload(piece.length, piece, `bytes ${at}-${at + piece.length - 1}/${bytes.length}`);
  }
  ids.large = answer.id;
  assertDescribes(answer, bytes);
  await assertComesBack(answer.id, bytes);
});

it('cancels a session, and the name is free', async () => {
  const options = { item: { name: 'cancelled.bin' }, conflictBehavior: 'fail' };
  const { resumableUpload } = await drive.getItemById(ids.folder).createUploadSession(options);
  const piece = secret(327_680, 'pnp cancelled');
  await resumableUpload.upload(piece.length, piece, `bytes 0-${piece.length - 1}/${2 * piece.length}`);
  await resumableUpload.cancel();
  await assert.rejects(resumableUpload.status(), /404/);
  const again = await drive.getItemById(ids.folder).createUploadSession({ item: { name: 'cancelled.bin' }, conflictBehavior: 'fail' });
  await again.resumableUpload.cancel();
});

it('lists a folder, whole and page by page, with the sizes of the user', async () => {
  const sizes = new Map([['small.bin', 23_456], ['large.bin', 3_000_000]]);
  for (let i = 0; i < 5; i += 1) {
    sizes.set(`page ${i}.bin`, 1000 + i);
    await drive.getItemById(ids.folder).upload({ filePathName: `page ${i}.bin`, content: secret(1000 + i, `pnp page ${i}`), contentType: 'text/plain' });
  }
  const listed = await drive.getItemById(ids.folder).children();
  assert.deepEqual(new Map(listed.map(({ name, size }) => [name, size])), sizes);
  const paged = [];
  for await (const page of inFolder().children.top(2).select('id', 'name', 'size')) paged.push(...page);
  assert.deepEqual(new Map(paged.map(({ name, size }) => [name, size])), sizes);
  const first = await inFolder().children.top(3).using(Paged())();
  assert.equal(first.value.length, 3);
  assert.ok(first.hasNext && first.nextLink.startsWith(office.baseUrl));
});

it('sees what changed since a link to changes', async () => {
  const before = await drive.root.delta()();
  assert.ok(before.values.some(({ id }) => id === ids.large));
  assert.equal(before.values.find(({ id }) => id === ids.large).size, 3_000_000);
});

it('moves and renames a file, which still opens', async () => {
  const folder = await inFolder().children.addFolder({ name: 'Palkat', conflictBehavior: 'fail' });
  const moved = await drive.getItemById(ids.small).moveItem({ name: 'moved.bin', parentReference: { id: folder.id } });
  assert.equal(moved.name, 'moved.bin');
  assert.equal(moved.size, 23_456);
  await assertComesBack(ids.small, noise(23_456, 'pnp second'));
});

it('asks several things at once in a batch', async () => {
  const [batched, execute] = graph.batched();
  const answers = [batched.me.drive.getItemById(ids.large)(), batched.me.drive.getItemById(ids.small)(), batched.me.drive.getItemById(ids.folder).children()];
  await execute();
  const [large, moved, children] = await Promise.all(answers);
  assert.equal(large.size, 3_000_000);
  assert.equal(moved.size, 23_456);
  assert.equal(children.find(({ id }) => id === ids.large).size, 3_000_000);
});

it('copies a file and follows its monitor to the copy, which opens', async () => {
  const monitor = await drive.getItemById(ids.large).copyItem({ name: 'copied.bin', parentReference: { driveId: (await drive()).id, id: ids.folder } });
  assert.ok(isOurs(monitor, 'kerros/'), monitor);
  let state;
  do state = await (await fetch(monitor, { redirect: 'manual' })).json(); while (['notStarted', 'inProgress'].includes(state.status));
  assert.equal(state.status, 'completed');
  await assertComesBack(state.resourceId, noise(3_000_000, 'pnp session'));
});

it('is told why a sealed file cannot be converted', async () => {
  await assert.rejects(drive.getItemById(ids.small).convertContent('pdf'), /406/);
});

it('deletes a file, which is gone', async () => {
  await drive.getItemById(ids.large).delete();
  await assert.rejects(drive.getItemById(ids.large)(), /404/);
});

await cases.play();
process.send({ secrets });
process.disconnect();
