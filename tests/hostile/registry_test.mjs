// Files move about in the cloud: node registry_test.mjs BIN_DIR
// What was asked for through the gateway is followed and stays readable; what happened behind its
// back is refused, until a person accepts it.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const cases = new Cases();
const office = await Office.open({
  bin: process.argv[2],
  protect: ['/Salassa/**'],
  config: (text) => `${text}\n[[policy.rule]]\nname = "strict"\npaths = ["/Tiukka/**"]\nlegacy_plain = "refuse"\n`,
});
await office.login();
for (const name of ['Salassa', 'Yleinen', 'Tiukka']) await office.folder(name);
const { id: drive } = (await office.graph('GET', '/me/drive')).json;
const { cloud } = office;
cloud.token = office.token;

let seed = 100;
async function upload(drivePath, bytes = noise(20_000, seed++)) {
  const reply = await office.put(drivePath, bytes);
  assert.ok(reply.status === 200 || reply.status === 201, `${drivePath}: ${reply.status} ${reply.bytes}`);
  return { ...reply.json, bytes };
}
const idOf = async (drivePath) => (await office.graph('GET', `/me/drive/root:${drivePath}`)).json?.id;
const byId = (id, on = drive) => office.graph('GET', `/drives/${on}/items/${id}/content`);
async function reads(id, bytes, on = drive) {
  const answer = await byId(id, on);
  assert.equal(answer.status, 200, `${answer.status} ${answer.bytes.subarray(0, 300)}`);
  assert.ok(answer.bytes.equals(bytes), 'other bytes');
}
async function refuses(id, code = 'kerrosNotAuthentic', status = 409) {
  const answer = await byId(id);
  assert.equal(answer.status, status, `${answer.bytes.subarray(0, 300)}`);
  assert.equal(answer.json.error.code, code);
  return answer;
}
function events(name) {
  const run = office.kerros('audit', 'tail', '-n', '1000', '--json');
  assert.equal(run.code, 0, run.err);
  return JSON.parse(run.out).filter((record) => record.event === name);
}
function records(id) {
  const run = office.kerros('item', 'show', id, '--json');
  assert.equal(run.code, 0, run.err);
  return JSON.parse(run.out);
}
function accept(id, ...flags) {
  return office.kerros('item', 'accept', drive, id, '--reason', 'told on the telephone', '--json', ...flags);
}
async function poll(monitor) {
  for (let i = 0; i < 10; i += 1) {
    const answer = await office.graph('GET', monitor);
    if (answer.status !== 202) return answer;
  }
  throw new Error('the monitor never ends');
}
const copy = (id, body, query = '') => office.graph('POST', `/drives/${drive}/items/${id}/copy${query}`, { body });
const under = async (name, value, work) => {
  assert.equal((await cloud.control('POST', '/switches', { name, value })).status, 200);
  try { return await work(); } finally { await cloud.control('DELETE', '/switches'); }
};
async function tamper(id, how) {
  const reply = await cloud.control('POST', '/tamper', { drive, item: id, ...how });
  assert.equal(reply.status, 200, `${reply.bytes}`);
}
async function putStored(id, bytes) {
  await tamper(id, { op: 'truncate', size: 0 });
  await tamper(id, { op: 'append', bytes: bytes.toString('base64'), update_metadata: true });
}
const stored = async (name) => fs.readFileSync((await office.stored(name)).blob);

// --- copies ---

const original = await upload('/Salassa/original.bin');

await cases.check('a copy is followed by its monitor, and reads right under its own record', async () => {
  const asked = await copy(original.id, { name: 'copy1.bin' });
  assert.equal(asked.status, 202, `${asked.bytes}`);
  assert.ok(asked.headers.location.startsWith(`https://localhost:${office.port}/kerros/monitor/`), asked.headers.location);
  const done = await poll(asked.headers.location);
  assert.ok([200, 303].includes(done.status), `${done.status}`);
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

await cases.check('a copy that upstream refuses leaves nothing to be used', async () => {
  const asked = await copy(original.id, { parentReference: { driveId: drive, id: 'nowhere' }, name: 'nowhere.bin' });
  assert.ok(asked.status >= 400 && asked.status < 500, `${asked.status}`);
});

await cases.check('a copy made behind our back is refused, until a person accepts it', async () => {
  const made = await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name: 'foreign.bin' } });
  assert.equal(made.status, 202);
  const { id } = await office.stored('foreign.bin');
  const answer = await refuses(id);
  assert.ok(!answer.bytes.toString().includes('kerros item'), 'the client is not told how');
  const refusal = events('not-authentic').find((e) => e.target.includes(id));
  assert.match(JSON.stringify(refusal), /foreign-copy.*kerros item accept/);
  const looked = JSON.parse(accept(id, '--dry-run').out);
  assert.equal(looked.accepts, 'foreign-copy');
  assert.equal(looked.done, false);
  await refuses(id);
  assert.equal(JSON.parse(accept(id).out).done, true);
  await reads(id, original.bytes);
  assert.equal(accept(id).code, 6, 'once');
  const noted = events('item-accepted').filter((e) => e.target.includes(id));
  assert.ok(noted.some((e) => e.status === 'done' && JSON.stringify(e).includes('told on the telephone')));
});

await cases.check('acceptance works without a running gateway as well', async () => {
  await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name: 'foreign2.bin' } });
  const { id } = await office.stored('foreign2.bin');
  await refuses(id);
  await office.killGateway('SIGTERM');
  const run = accept(id);
  await office.startGateway();
  assert.equal(run.code, 0, run.err);
  await reads(id, original.bytes);
});

await cases.check('monitor tokens of others open nothing', async () => {
  const asked = await copy(original.id, { name: 'copy3.bin' });
  const token = asked.headers.location.split('/').pop();
  const changed = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA');
  assert.equal((await office.graph('GET', asked.headers.location.replace(token, changed))).status, 404);
  assert.equal((await office.graph('GET', asked.headers.location.replace('/monitor/', '/download/'))).status, 404);
  assert.equal((await office.graph('DELETE', asked.headers.location)).status, 403);
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

// --- versions ---

const first = noise(30_000, 51);
const second = noise(31_234, 52);
const many = await upload('/Salassa/many.bin', first);
await upload('/Salassa/many.bin', second);
const versions = async (id = many.id) => (await office.graph('GET', `/drives/${drive}/items/${id}/versions`)).json.value;

await cases.check('versions are listed with their plain sizes and opened', async () => {
  const [newest, oldest] = await versions();
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
  const oldest = (await versions()).at(-1);
  const done = await office.graph('POST', `/drives/${drive}/items/${many.id}/versions/${oldest.id}/restoreVersion`);
  assert.equal(done.status, 204, `${done.bytes}`);
  await reads(many.id, first);
  assert.equal((await office.graph('GET', `/drives/${drive}/items/${many.id}`)).json.size, first.length);
  assert.ok(events('version-restored').some((e) => e.status === 'done'));
  await upload('/Salassa/many.bin', second);
  await reads(many.id, second);
});

await cases.check('a version restored behind our back is a rollback, until a person accepts it', async () => {
  const oldest = (await versions()).at(-1);
  const done = await cloud.graph('POST', `/drives/${drive}/items/${many.id}/versions/${oldest.id}/restoreVersion`);
  assert.equal(done.status, 204);
  await refuses(many.id);
  assert.ok(events('not-authentic').some((e) => e.target.includes(many.id) && JSON.stringify(e).includes('rollback')));
  assert.equal(JSON.parse(accept(many.id).out).accepts, 'rollback');
  await reads(many.id, first);
});

await cases.check('a deleted version is on record', async () => {
  const oldest = (await versions()).at(-1);
  const done = await office.graph('DELETE', `/drives/${drive}/items/${many.id}/versions/${oldest.id}`);
  const noted = events('version-deleted').filter((e) => e.target.includes(many.id));
  assert.ok(noted.some((e) => e.status === 'intent') && noted.length >= 2, `${done.status}`);
});

await cases.check('plain bytes put behind our back are refused, until a person accepts them', async () => {
  const file = await upload('/Salassa/opened.txt');
  const put = await cloud.graph('PUT', `/drives/${drive}/items/${file.id}/content`, { body: Buffer.from('in the clear') });
  assert.equal(put.status, 200);
  await refuses(file.id);
  assert.equal(JSON.parse(accept(file.id).out).accepts, 'plain');
  await reads(file.id, Buffer.from('in the clear'));
  assert.ok(events('legacy-plain-read').some((e) => e.target.includes(file.id)));
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

// --- legacy by class ---

await cases.check('files that were there before are served or refused by class', async () => {
  for (const [folder, status] of [['Salassa', 200], ['Tiukka', 403]]) {
    const put = await cloud.graph('PUT', `/me/drive/root:/${folder}/before.txt:/content`, { body: Buffer.from('before') });
    assert.equal(put.status, 201, `${put.bytes}`);
    assert.equal((await office.get(`/${folder}/before.txt`)).status, status, folder);
    const listed = (await office.graph('GET', `/me/drive/root:/${folder}/before.txt`)).json;
    assert.equal((await office.graph('GET', listed['@microsoft.graph.downloadUrl'])).status, status, `${folder}, own URL`);
  }
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
