// Copies and moves: node copies_test.mjs BIN_DIR
// What was asked for through the gateway is followed and stays readable, under a record of its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { Cases } from './cases.mjs';
import { openMovingOffice } from './moving_office.mjs';

const cases = new Cases();
const {
  office, cloud, drive, upload, idOf, reads, refuses, events, records, poll, copy, putStored, stored,
} = await openMovingOffice(process.argv[2]);

// --- copies ---

const original = await upload('/Salassa/original.bin');

await cases.check('a copy is followed by its monitor, and reads right under its own record', async () => {
  const asked = await copy(original.id, { name: 'copy1.bin' });
  assert.equal(asked.status, 202, `${asked.bytes}`);
  assert.ok(asked.headers.location.startsWith(`https://localhost:${office.port}/kerros/monitor/`), asked.headers.location);
  const done = await poll(asked.headers.location);
  assert.equal(done.status, 200, 'and no redirect that a client without a token would follow');
  assert.equal(done.json.status, 'completed');
  const text = JSON.stringify(done.json) + (done.headers.location ?? '');
  assert.ok(!text.includes('sharepoint'), text);
  assert.ok(done.json.resourceLocation.startsWith(`https://localhost:${office.port}/v1.0/drives/`), text);
  const at = done.json.resourceLocation.replace(office.base, '');
  assert.equal((await office.graph('GET', at)).json.size, original.bytes.length, 'the listing knows it at once');
  await reads(done.json.resourceId, original.bytes);
  const [record] = records(done.json.resourceId);
  assert.equal(record.state, 'bound');
  assert.notEqual(record.record_id, record.key_id);
  assert.equal(record.key_id, records(original.id)[0].key_id);
  assert.ok(events('item-copied').some((e) => e.status === 'intent'));
  assert.ok(events('followed').some((e) => e.target.endsWith(done.json.resourceId)));
});

await cases.check('a copy that nobody watched is followed by its first read, a range of it too', async () => {
  assert.equal((await copy(original.id, { name: 'copy2.bin' })).status, 202);
  const { id } = await office.stored('copy2.bin');
  const first = await office.graph('GET', `/drives/${drive}/items/${id}/content`, { headers: { range: 'bytes=5-9' } });
  assert.ok(first.status === 200 ? first.bytes.equals(original.bytes) : first.bytes.equals(original.bytes.subarray(5, 10)));
  const second = await office.graph('GET', `/drives/${drive}/items/${id}/content`, { headers: { range: 'bytes=5-9' } });
  assert.equal(second.status, 206);
  assert.ok(second.bytes.equals(original.bytes.subarray(5, 10)));
});

await cases.check('HEAD of a copy tells the size that its user knows', async () => {
  assert.equal((await copy(original.id, { name: 'headed.bin' })).status, 202);
  const { id } = await office.stored('headed.bin');
  const head = await office.graph('HEAD', `/drives/${drive}/items/${id}/content`);
  assert.equal(head.headers['content-length'], String(original.bytes.length));
  await reads(id, original.bytes);
});

await cases.check('a copy to an ordinary folder stays sealed and readable', async () => {
  const folder = await idOf('/Yleinen');
  assert.equal((await copy(original.id, { parentReference: { driveId: drive, id: folder }, name: 'outside.bin' })).status, 202);
  const { id } = await office.stored('outside.bin');
  assert.ok((await stored('outside.bin')).equals(await stored('original.bin')), 'sealed as it was');
  await reads(id, original.bytes);
});

await cases.check('a copy to another drive reads right', async () => {
  const state = (await cloud.control('GET', '/state')).json;
  const shared = state.drives.find((one) => one.type === 'documentLibrary');
  const asked = await copy(original.id, { parentReference: { driveId: shared.id, id: shared.root }, name: 'across.bin' });
  assert.equal(asked.status, 202, `${asked.bytes}`);
  await reads((await office.stored('across.bin')).id, original.bytes, shared.id);
});

await cases.check('a copy outlives a restart of the gateway before its first read', async () => {
  assert.equal((await copy(original.id, { name: 'later.bin' })).status, 202);
  await office.killGateway('SIGKILL');
  await office.startGateway();
  await reads((await office.stored('later.bin')).id, original.bytes);
});

await cases.check('a folder is copied with the sealed files in it', async () => {
  await office.folder('Sub', '/me/drive/root:/Salassa:');
  const inner = await upload('/Salassa/Sub/inner.bin');
  const asked = await copy(await idOf('/Salassa/Sub'), { name: 'Sub2' });
  assert.equal(asked.status, 202, `${asked.bytes}`);
  const id = (await office.graph('GET', '/me/drive/root:/Salassa/Sub2/inner.bin')).json.id;
  assert.notEqual(id, inner.id);
  await reads(id, inner.bytes);
});

await cases.check('ordinary files are copied, but not to a protected place', async () => {
  const plain = await upload('/Yleinen/plain.txt', Buffer.from('ordinary'));
  const to = { driveId: drive, id: await idOf('/Salassa') };
  for (const body of [{ parentReference: to }, { parentReference: { path: `/drives/${drive}/root:/Salassa` }, name: 'x.txt' }]) {
    const asked = await copy(plain.id, body);
    assert.equal(asked.status, 403, `${asked.bytes}`);
  }
  const folder = await copy(await idOf('/Yleinen'), { parentReference: to, name: 'Yleinen2' });
  assert.equal(folder.status, 403, 'a folder that holds one');
  assert.equal(await office.stored('Yleinen2'), undefined);
  const elsewhere = await copy(plain.id, { name: 'plain2.txt' });
  assert.equal(elsewhere.status, 202);
  assert.equal((await poll(elsewhere.headers.location)).json.status, 'completed');
  await reads((await office.stored('plain2.txt')).id, Buffer.from('ordinary'));
});

// Asks for a copy that the cloud answers with `status`, and makes it all the same.
async function copiedInSpite(status, name) {
  const match = { method: 'POST', path_regex: '/copy$', times: 1 };
  assert.equal((await cloud.control('POST', '/switches', { name: 'fail', value: status, match })).status, 200);
  const asked = await copy(original.id, { name });
  await cloud.control('DELETE', '/switches');
  assert.equal(asked.status, status, `${asked.bytes}`);
  assert.equal(await office.stored(name), undefined);
  assert.equal((await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name } })).status, 202);
  return (await office.stored(name)).id;
}
await cases.check('a copy that upstream refuses leaves nothing to be used', async () => {
  await refuses(await copiedInSpite(423, 'refused.bin'));
});
await cases.check('one that may be under way in spite of its answer is followed', async () => {
  await reads(await copiedInSpite(500, 'answered.bin'), original.bytes);
});

await cases.check('monitor tokens of others open nothing', async () => {
  const asked = await copy(original.id, { name: 'copy3.bin' });
  const token = asked.headers.location.split('/').pop();
  const changed = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA');
  assert.equal((await office.graph('GET', asked.headers.location.replace(token, changed))).status, 404);
  assert.equal((await office.graph('GET', asked.headers.location.replace('/monitor/', '/download/'))).status, 404);
  assert.equal((await office.graph('DELETE', asked.headers.location)).status, 403);
});

await cases.check('one answer that shows more copies than were asked for opens no more of them', async () => {
  assert.equal((await copy(original.id, { name: 'twice.bin' })).status, 202);
  const { id } = await office.stored('twice.bin');
  const extra = await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name: 'twice 7.bin' } });
  assert.equal(extra.status, 202);
  const { id: other } = await office.stored('twice 7.bin');
  const listed = (await office.graph('GET', '/me/drive/root:/Salassa:/children')).json.value;
  const plain = [id, other].filter((one) => listed.find((item) => item.id === one).size === original.bytes.length);
  assert.equal(plain.length, 1, 'one intent, one item');
  const [foreign] = [id, other].filter((one) => one !== plain[0]);
  await reads(plain[0], original.bytes);
  await refuses(foreign);
});

await cases.check('copies of one file that nobody has looked at have a bound, and a listing makes room', async () => {
  const file = await upload('/Salassa/template.bin');
  const to = { driveId: drive, id: await idOf('/Yleinen') };
  for (let i = 0; i < 100; i += 1)
    assert.equal((await copy(file.id, { parentReference: to, name: `out ${i}.bin` })).status, 202);
  const intents = events('item-copied').length;
  const refused = await copy(file.id, { parentReference: to, name: 'one more.bin' });
  assert.equal(refused.status, 403);
  assert.match(refused.json.error.message, /List the folders they went to/);
  assert.equal(await office.stored('one more.bin'), undefined, 'the cloud was not asked');
  assert.equal(events('item-copied').length, intents, 'and nothing was promised');
  const listed = (await office.graph('GET', '/me/drive/root:/Yleinen:/children')).json.value;
  const sizes = new Set(listed.filter((item) => item.name.startsWith('out ')).map((item) => item.size));
  assert.deepEqual([...sizes], [file.bytes.length]);
  assert.equal((await copy(file.id, { parentReference: to, name: 'one more.bin' })).status, 202);
  await reads((await office.stored('out 99.bin')).id, file.bytes);
});

await cases.check('a copy that may replace opens no other item than the one that was named', async () => {
  const replace = '?@microsoft.graph.conflictBehavior=replace';
  const numbered = await upload('/Salassa/named 2024.bin');
  assert.equal((await copy(original.id, { name: 'named.bin' }, replace)).status, 202);
  await putStored(numbered.id, await stored('original.bin'));
  await refuses(numbered.id);
  await reads((await office.stored('named.bin')).id, original.bytes);

  for (const name of ['From', 'Other']) await office.folder(name, '/me/drive/root:/Salassa:');
  const inner = await upload('/Salassa/From/index.bin');
  const elsewhere = await upload('/Salassa/Other/index.bin');
  assert.equal((await copy(await idOf('/Salassa/From'), { name: 'To' }, replace)).status, 202);
  const blobOf = async (id) => (await cloud.control('GET', '/state')).json.items.find((one) => one.id === id).blob;
  await putStored(elsewhere.id, fs.readFileSync(await blobOf(inner.id)));
  await refuses(elsewhere.id);
  await reads(await idOf('/Salassa/To/index.bin'), inner.bytes);
});

// --- moves and names ---

await cases.check('a renamed and moved file reads right, and its record knows the new name', async () => {
  const file = await upload('/Salassa/mobile.docx');
  const renamed = await office.graph('PATCH', `/drives/${drive}/items/${file.id}`, { body: { name: 'moved.bin' } });
  assert.equal(renamed.status, 200);
  await reads(file.id, file.bytes);
  assert.equal(records(file.id)[0].name, 'moved.bin');
  const to = { parentReference: { id: await idOf('/Yleinen') } };
  assert.equal((await office.graph('PATCH', `/drives/${drive}/items/${file.id}`, { body: to })).status, 200);
  await reads(file.id, file.bytes);
  assert.match(records(file.id)[0].path, /Yleinen$/);
  const part = await office.graph('GET', `/drives/${drive}/items/${file.id}/content`, { headers: { range: 'bytes=1-3' } });
  assert.equal(part.status, 206);
});

await cases.check('ordinary files are not moved under protection', async () => {
  const plain = await upload('/Yleinen/stay.txt', Buffer.from('ordinary'));
  const to = { parentReference: { id: await idOf('/Salassa') } };
  assert.equal((await office.graph('PATCH', `/drives/${drive}/items/${plain.id}`, { body: to })).status, 403);
  assert.equal((await office.graph('PATCH', `/drives/${drive}/items/${plain.id}`, { body: { name: 'still.txt' } })).status, 200);
});

cases.end();
await office.stop({ keep: cases.failed > 0 });
