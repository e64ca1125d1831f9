// Versions of sealed items: node versions_test.mjs BIN_DIR
// Listed, read and restored through the gateway; drafts; versions that the cloud told too little of, or
// changed later.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { openMovingOffice } from './moving_office.mjs';

const cases = new Cases();
const {
  office, cloud, drive, upload, idOf, reads, refuses, events, records, accept, under, tamper, putStored, stored, versions,
} = await openMovingOffice(process.argv[2]);

// --- versions ---

const first = noise(30_000, 51);
const second = noise(31_234, 52);
const many = await upload('/Salassa/many.bin', first);
await upload('/Salassa/many.bin', second);

await cases.check('versions are listed with their plain sizes and opened', async () => {
  const [newest, oldest] = await versions(many.id);
  assert.deepEqual([newest.size, oldest.size], [second.length, first.length]);
  const at = `/drives/${drive}/items/${many.id}/versions/${oldest.id}`;
  assert.equal((await office.graph('GET', at)).json.size, first.length);
  const content = await office.graph('GET', `${at}/content`);
  assert.ok(content.bytes.equals(first));
  const part = await office.graph('GET', `${at}/content`, { headers: { range: 'bytes=0-9' } });
  assert.equal(part.status, 200, 'the service ignores ranges here');
  assert.ok(part.bytes.equals(first));
  const current = await office.graph('GET', `/drives/${drive}/items/${many.id}/versions/${newest.id}/content`);
  assert.equal(current.status, 400);
  assert.match(current.json.error.message, /current version/);
  assert.ok(events('read-intent').some((e) => e.target.endsWith(`version ${oldest.id}`)));
});

await upload('/Salassa/original.bin');

await cases.check('another file served as an older version is refused', async () => {
  const victim = await upload('/Salassa/victim.bin', noise(9000, 61));
  await upload('/Salassa/victim.bin', noise(9000, 62));
  const [, oldest] = await versions(victim.id);
  const blob = `${(await office.stored('victim.bin')).blob}`;
  const older = fs.readdirSync(`${blob.slice(0, blob.lastIndexOf('/'))}`).filter((file) => file.startsWith(victim.id) && `${blob}` !== `${blob.slice(0, blob.lastIndexOf('/') + 1)}${file}`);
  assert.equal(older.length, 1, older.join());
  fs.copyFileSync((await office.stored('original.bin')).blob, `${blob.slice(0, blob.lastIndexOf('/') + 1)}${older[0]}`);
  const answer = await office.graph('GET', `/drives/${drive}/items/${victim.id}/versions/${oldest.id}/content`);
  assert.equal(answer.status, 409, `${answer.bytes.subarray(0, 200)}`);
});

await cases.check('a version restored through the gateway is the newest one', async () => {
  const oldest = (await versions(many.id)).at(-1);
  const done = await office.graph('POST', `/drives/${drive}/items/${many.id}/versions/${oldest.id}/restoreVersion`);
  assert.equal(done.status, 204, `${done.bytes}`);
  await reads(many.id, first);
  assert.equal((await office.graph('GET', `/drives/${drive}/items/${many.id}`)).json.size, first.length);
  assert.ok(events('version-restored').some((e) => e.status === 'done'));
  await upload('/Salassa/many.bin', second);
  await reads(many.id, second);
});

await cases.check('a deleted version is on record', async () => {
  const oldest = (await versions(many.id)).at(-1);
  const done = await office.graph('DELETE', `/drives/${drive}/items/${many.id}/versions/${oldest.id}`);
  const noted = events('version-deleted').filter((e) => e.target.includes(many.id));
  assert.ok(noted.some((e) => e.status === 'intent') && noted.length >= 2, `${done.status}`);
});

await cases.check('a version in the clear is not restored over a sealed one', async () => {
  const file = await upload('/Salassa/mixed.txt');
  await cloud.graph('PUT', `/drives/${drive}/items/${file.id}/content`, { body: Buffer.from('in the clear') });
  await upload('/Salassa/mixed.txt', file.bytes);
  const clear = (await versions(file.id))[1];
  assert.equal(clear.size, 12);
  const asked = await office.graph('POST', `/drives/${drive}/items/${file.id}/versions/${clear.id}/restoreVersion`);
  assert.equal(asked.status, 403, `${asked.bytes}`);
  await reads(file.id, file.bytes);
});

await cases.check('nor over one whose stored bytes differ: that it was sealed is known all the same', async () => {
  const file = await upload('/Salassa/mixed2.txt');
  await cloud.graph('PUT', `/drives/${drive}/items/${file.id}/content`, { body: Buffer.from('in the clear') });
  await upload('/Salassa/mixed2.txt', file.bytes);
  const clear = (await versions(file.id))[1];
  await tamper(file.id, { op: 'append', bytes: Buffer.alloc(11).toString('base64'), update_metadata: true });
  assert.equal((await office.graph('GET', '/me/drive/root:/Salassa:/children')).status, 200);
  assert.equal(records(file.id)[0].state, 'suspect');
  const asked = await office.graph('POST', `/drives/${drive}/items/${file.id}/versions/${clear.id}/restoreVersion`);
  assert.equal(asked.status, 403, `${asked.bytes}`);
  assert.equal(records(file.id)[0].state, 'suspect');
});

await cases.check('content of a version in the clear of a sealed item is on record, wherever the item lies', async () => {
  const file = await upload('/Salassa/cleared.txt');
  await cloud.graph('PUT', `/drives/${drive}/items/${file.id}/content`, { body: Buffer.from('in the clear') });
  await upload('/Salassa/cleared.txt', file.bytes);
  const clear = (await versions(file.id))[1];
  const read = async () => {
    const before = events('legacy-plain-read').length;
    const got = await office.graph('GET', `/drives/${drive}/items/${file.id}/versions/${clear.id}/content`);
    assert.ok(got.bytes.equals(Buffer.from('in the clear')), `${got.status} ${got.bytes}`);
    const [event, ...others] = events('legacy-plain-read').slice(before);
    assert.deepEqual(others, []);
    assert.match(event.status, /a version in the clear of a sealed item/);
    assert.ok(event.target.includes(file.id));
  };
  await read();
  const to = { parentReference: { id: await idOf('/Yleinen') } };
  assert.equal((await office.graph('PATCH', `/drives/${drive}/items/${file.id}`, { body: to })).status, 200);
  await read();
});

await cases.check('a restored version comes with a body that says nothing, or with none', async () => {
  const at = `/drives/${drive}/items/${many.id}/versions/${(await versions(many.id)).at(-1).id}/restoreVersion`;
  for (const body of ['{"file":{}}', '{"a":1,"a":2}', '[]', 'x'])
    assert.equal((await office.graph('POST', at, { body, headers: { 'content-type': 'application/json' } })).status, 400, body);
  const { bytes } = await office.graph('GET', at.replace('restoreVersion', 'content'));
  assert.equal((await office.graph('POST', at, { body: {} })).status, 204);
  await reads(many.id, bytes);
});

await cases.check('a deleted item is restored on record, by whatever address its drive has', async () => {
  const file = await upload('/Salassa/binned.bin');
  for (const at of ['/me/drive', `/drives/${drive}`]) {
    assert.equal((await office.graph('DELETE', `/drives/${drive}/items/${file.id}`)).status, 204);
    const before = events('item-restored').length;
    const content = await office.graph('POST', `${at}/items/${file.id}/restore`, { body: { file: {} } });
    assert.equal(content.status, 403, `${content.bytes}`);
    const done = await office.graph('POST', `${at}/items/${file.id}/restore`, { body: {} });
    assert.equal(done.status, 200, `${at}: ${done.bytes}`);
    const noted = events('item-restored').slice(before);
    assert.deepEqual(noted.map((event) => event.status), ['intent', 'done'], at);
    assert.ok(noted.every((event) => event.target === `drive ${drive} item ${file.id}`));
    await reads(file.id, file.bytes);
  }
  const vague = await office.graph('POST', '/me/drive/root:/Salassa/binned.bin:/restore', { body: {} });
  assert.equal(vague.status, 403, `${vague.bytes}`);
});

// --- looked at again ---

await cases.check('a version whose hash was not told is verified by the next listing', async () => {
  const file = await under('item.sparse', ['hashes'], () => upload('/Salassa/untold.bin'));
  assert.equal(records(file.id)[0].state, 'unverified');
  assert.equal((await office.graph('GET', `/drives/${drive}/items/${file.id}`)).status, 200);
  assert.equal(records(file.id)[0].state, 'bound');
  assert.ok(events('version-verified').some((e) => e.target.includes(file.id)));
});

await cases.check('or by a read of the whole', async () => {
  const file = await under('item.sparse', ['hashes'], () => upload('/Salassa/untold2.bin'));
  await reads(file.id, file.bytes);
  // The reader has the last byte before the register has the news.
  for (let i = 0; i < 200 && records(file.id)[0].state !== 'bound'; ++i)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(records(file.id)[0].state, 'bound');
});

await cases.check('bytes rewritten later at the same cTag make their version suspect', async () => {
  const file = await upload('/Salassa/late.bin');
  const before = await stored('late.bin');
  await tamper(file.id, { op: 'append', bytes: Buffer.alloc(11).toString('base64'), update_metadata: true });
  const listed = await office.graph('GET', '/me/drive/root:/Salassa:/children');
  assert.equal(listed.status, 200);
  assert.equal(records(file.id)[0].state, 'suspect');
  assert.ok(events('stored-differs').some((e) => e.target.includes(file.id)));
  await refuses(file.id, 'kerrosStoredDiffers');
  assert.equal(JSON.parse(accept(file.id).out).accepts, 'suspect');
  await refuses(file.id);
  await putStored(file.id, before);
  await reads(file.id, file.bytes);
});

// --- drafts ---

await cases.check('while a newer version is a draft the published one is read, on record', async () => {
  const published = noise(8000, 71);
  const file = await upload('/Salassa/draft.bin', published);
  const at = `/drives/${drive}/items/${file.id}`;
  assert.equal((await office.graph('POST', `${at}/checkout`)).status, 204);
  await upload('/Salassa/draft.bin', noise(8100, 72));
  const newer = await stored('draft.bin');
  await tamper(file.id, { op: 'older_version', update_metadata: true });  // what others are served
  await reads(file.id, published);
  assert.ok(events('older-published').some((e) => e.target.includes(file.id)));
  await putStored(file.id, newer);
  assert.equal((await office.graph('POST', `${at}/checkin`, { body: { comment: 'done' } })).status, 204);
  await tamper(file.id, { op: 'older_version', update_metadata: true });
  await refuses(file.id);
});

await cases.check('after a discarded checkout the version before it is the newest again', async () => {
  const published = noise(8000, 81);
  const file = await upload('/Salassa/dropped.bin', published);
  const at = `/drives/${drive}/items/${file.id}`;
  assert.equal((await office.graph('POST', `${at}/checkout`)).status, 204);
  await upload('/Salassa/dropped.bin', noise(8100, 82));
  assert.equal((await office.graph('POST', `${at}/discardCheckout`)).status, 204);
  await reads(file.id, published);
  const [newest] = records(file.id).filter((record) => record.state === 'bound');
  assert.equal(newest.plain_size, published.length);
});

cases.end();
await office.stop({ keep: cases.failed > 0 });
