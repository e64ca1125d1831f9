// Ordinary uploads over what was sealed here: node supersede_test.mjs BIN_DIR
// What the request addressed becomes ordinary. An answer that names a sealed item which was not
// addressed changes nothing: the item is served sealed, and never answered by plain bytes.
import assert from 'node:assert/strict';

import { Interposer } from '../support/interposer.mjs';
import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { Session } from './session.mjs';

const cases = new Cases();
const wire = new Interposer({ tenant: true });
const office = await Office.open({ bin: process.argv[2], between: (cloud) => wire.before(cloud) });
await office.login();
await office.folder('Salassa');
await office.folder('Plain');
const { id: drive } = (await office.graph('GET', '/me/drive')).json;
const plainFolder = (await office.graph('GET', '/me/drive/root:/Plain')).json.id;
office.cloud.token = office.token;

let count = 0;
async function seal() {
  count += 1;
  const name = `s${count}.bin`;
  const bytes = noise(20_000, count);
  const made = await office.put(`/Salassa/${name}`, bytes);
  assert.equal(made.status, 201, `${made.bytes}`);
  return { id: made.json.id, name, bytes };
}
const ok = (reply) => {
  assert.ok([200, 201].includes(reply.status), `${reply.status} ${reply.bytes}`);
  return reply;
};
const read = (item) => office.graph('GET', `/drives/${drive}/items/${item.id}/content`);
const events = () => JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out)
  .filter((record) => record.event === 'place-differs');
const told = (item) => events().filter((record) => JSON.stringify(record).includes(item.id));
// An id in another spelling: the bytes sent there are ordinary ones, which the office must not take for a leak.
const spelled = (id) => `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`;

// --- what was addressed ---

async function moveOut(item) {
  ok(await office.graph('PATCH', `/drives/${drive}/items/${item.id}`, { body: { parentReference: { id: plainFolder } } }));
}
async function upload(session, bytes) { return ok(await session.put(bytes, 0, bytes.length)); }
async function sessionAt(target) {
  const session = new Session();
  session.office = office;
  session.url = ok(await office.graph('POST', `${target}/createUploadSession`,
    { body: { item: { '@microsoft.graph.conflictBehavior': 'replace' } } })).json.uploadUrl;
  return session;
}
async function clash(work) {
  await office.cloud.control('POST', '/switches', { name: 'commit.conflict', value: true, match: { path_regex: 'uploadSession\\?guid', times: 1 } });
  try { return await work(); } finally { await office.cloud.control('DELETE', '/switches'); }
}
async function commit(item, bytes) {
  const session = await Session.open(office, `/Plain/before ${item.name}`, { behavior: 'fail' });
  assert.equal((await clash(() => session.put(bytes, 0, bytes.length))).status, 409);
  return office.graph('PUT', `/me/drive/root:/Plain/${item.name}`, { body: { name: item.name,
    '@microsoft.graph.conflictBehavior': 'replace', '@microsoft.graph.sourceUrl': session.url } });
}
const honest = {
  'by path': (item, bytes) => office.put(`/Plain/${item.name}`, bytes),
  'by path in other case': (item, bytes) => office.put(`/PLAIN/${item.name.toUpperCase()}`, bytes),
  'by id': (item, bytes) => office.graph('PUT', `/drives/${drive}/items/${spelled(item.id)}/content`, { body: bytes }),
  'by id in the own drive': (item, bytes) => office.graph('PUT', `/me/drive/items/${spelled(item.id)}/content`, { body: bytes }),
  'by session': async (item, bytes) => upload(await Session.open(office, `/Plain/${item.name}`), bytes),
  'by session at the id': async (item, bytes) => upload(await sessionAt(`/drives/${drive}/items/${spelled(item.id)}`), bytes),
  'by the commit of a session': commit,
};
for (const [how, write] of Object.entries(honest)) {
  await cases.check(`an ordinary file written ${how} over one that was sealed is read as it is`, async () => {
    const item = await seal();
    await moveOut(item);
    const bytes = noise(5_000, 1000 + count);
    assert.equal(ok(await write(item, bytes)).json.id, item.id);
    const answer = ok(await read(item));
    assert.ok(answer.bytes.equals(bytes), 'other bytes');
    assert.deepEqual(told(item), []);
  });
}

// --- what was not ---

const itemAt = (id, folder, name) => ({ id, name, size: 5, file: {}, cTag: '"c:{00000000-0000-0000-0000-000000000001},9"',
  parentReference: { driveId: drive, id: plainFolder, path: `/drives/${drive}/root:${folder}` } });
const body = Buffer.from('plain');
async function lying(matches, item, folder, name, work) {
  wire.answer = (request) => (matches(request) ? { status: request.method === 'PUT' ? 201 : 200, body: itemAt(item.id, folder, name) } : undefined);
  try { return await work(); } finally { wire.answer = () => undefined; }
}
const puts = (request) => request.method === 'PUT';
async function ordinary() {
  count += 1;
  return ok(await office.put(`/Plain/o${count}.txt`, body)).json;
}
// A write to a place of which the cloud says that the sealed item lies there now.
const writeAt = (item, place) => lying(puts, item, '/Plain', place.slice(place.lastIndexOf('/') + 1), () => office.put(place, body));
const hostile = {
  'to a PUT by path': (item) => writeAt(item, '/Plain/x.txt'),
  'to a PUT by path, under the name it had': (item) => writeAt(item, `/Plain/${item.name}`),
  'to a PUT by id': async (item) => {
    const other = await ordinary();
    return lying(puts, item, '/Plain', 'x.txt', () => office.graph('PUT', `/drives/${drive}/items/${other.id}/content`, { body }));
  },
  'to a PUT by id and to its look-up': async (item) => {
    const other = await ordinary();
    return lying((request) => request.target.includes(other.id), item, '/Plain', 'x.txt',
      () => office.graph('PUT', `/me/drive/items/${other.id}/content`, { body }));
  },
  'to the last fragment of a session': async (item) => {
    const session = await Session.open(office, '/Plain/session.txt');
    return lying(puts, item, '/Plain', 'session.txt', () => session.put(body, 0, body.length));
  },
  'to a commit': async (item) => {
    const session = await Session.open(office, '/Plain/commit.txt', { behavior: 'fail' });
    assert.equal((await clash(() => session.put(body, 0, body.length))).status, 409);
    return lying(puts, item, '/Plain', 'other.txt', () => office.graph('PUT', '/me/drive/root:/Plain/other.txt',
      { body: { name: 'other.txt', '@microsoft.graph.sourceUrl': session.url } }));
  },
  'after it was told as the answer to a change of another item': async (item) => {
    const other = await seal();
    await lying((request) => request.method === 'PATCH', item, '/Plain', 'moved.txt', () =>
      office.graph('PATCH', `/drives/${drive}/items/${other.id}`, { body: { name: 'moved.txt' } }));
    return writeAt(item, '/Plain/moved.txt');
  },
  'after a change of its own that told another place': async (item) => {
    await lying((request) => request.method === 'PATCH', item, '/Plain', 'described.txt', () =>
      office.graph('PATCH', `/drives/${drive}/items/${item.id}`, { body: { description: 'x' } }));
    return writeAt(item, '/Plain/described.txt');
  },
  'after its rename told another name': async (item) => {
    await lying((request) => request.method === 'PATCH', item, '/Plain', 'renamed.txt', () =>
      office.graph('PATCH', `/drives/${drive}/items/${item.id}`, { body: { name: 'wanted.bin' } }));
    return writeAt(item, '/Plain/renamed.txt');
  },
};
async function isKept(item) {
  const whole = ok(await read(item));
  assert.ok(whole.bytes.equals(item.bytes), 'other bytes');
}
async function isRefusedPlain(item) {
  for (const how of [{ op: 'truncate', size: 0 }, { op: 'append', bytes: body.toString('base64'), update_metadata: true }])
    assert.equal((await office.cloud.control('POST', '/tamper', { drive, item: item.id, ...how })).status, 200);
  const answer = await read(item);
  assert.equal(answer.status, 409, `${answer.bytes}`);
  assert.equal(answer.json.error.code, 'kerrosNotAuthentic');
}
for (const [how, write] of Object.entries(hostile)) {
  await cases.check(`a sealed item named in the answer ${how} stays sealed`, async () => {
    const item = await seal();
    ok(await write(item));
    await isKept(item);
    const [event] = told(item).filter((record) => record.details.addressed !== undefined);
    assert.ok(event, 'no event');
    await isRefusedPlain(item);
  });
}

await cases.check('a place told wrong when it was sealed is none where an ordinary write finds it', async () => {
  const item = await seal();
  const again = noise(20_000, 5000);
  wire.answer = (request) => (puts(request) ? { body: { ...itemAt(item.id, '/Plain', 'wrong.txt'), size: request.body.length } } : undefined);
  ok(await office.put(`/Salassa/${item.name}`, again));
  ok(await writeAt(item, '/Plain/wrong.txt'));
  await isRefusedPlain(item);
});

cases.end();
wire.stop();
await office.stop();
