// Copies and their monitors.
import assert from 'node:assert/strict';
import { file, get, json, text, trySurface, turnOn } from './surface.mjs';

async function copy(cloud, target, body) {
  const reply = await cloud.graph('POST', target, { body });
  assert.equal(reply.status, 202, reply.bytes.toString());
  assert.match(reply.headers.location, /^https:\/\/contoso(-my)?\.sharepoint\.com\/_api\/v2\.0\/monitor\/[\w-]+$/);
  return reply.headers.location;
}

async function outcome(cloud, url, polls = 20) {
  const seen = [];
  for (let i = 0; i < polls; i++) {
    const reply = await cloud.request('GET', url);
    seen.push(reply.json.status);
    if (reply.status !== 202) return { reply, seen };
  }
  throw new Error(`no end: ${seen}`);
}

await trySurface({
  async 'a copy has its own id, and its monitor says which'(cloud) {
    const item = await file(cloud, 'a.txt', 'aaa');
    const { reply, seen } = await outcome(cloud, await copy(cloud, `/me/drive/items/${item.id}/copy`, { name: 'b.txt' }));
    assert.deepEqual(seen, ['inProgress', 'completed']);
    assert.equal(reply.status, 303);
    const made = await get(cloud, `/me/drive/items/${reply.json.resourceId}`);
    assert.notEqual(made.id, item.id);
    assert.ok(reply.headers.location.endsWith(`/items/${made.id}`));
    assert.equal(made.name, 'b.txt');
    assert.equal(await text(cloud, '/me/drive/root:/b.txt:/content'), 'aaa');
  },
  async 'whole folders, across drives, with all versions'(cloud) {
    await file(cloud, 'F/x.txt', 'one');
    await file(cloud, 'F/x.txt', 'two');
    await file(cloud, 'F/G/y.txt', 'yyy');
    const url = await copy(cloud, '/me/drive/root:/F:/copy', { parentReference: { driveId: cloud.shared, id: 'root' },
      includeAllVersionHistory: true });
    const { reply } = await outcome(cloud, url);
    const made = await get(cloud, `/drives/${cloud.shared}/items/${reply.json.resourceId}?$expand=children`);
    assert.deepEqual(made.children.map((child) => child.name), ['G', 'x.txt']);
    const versions = await get(cloud, `/drives/${cloud.shared}/root:/F/x.txt:/versions`);
    assert.equal(versions.value.length, 2);
    assert.equal(await text(cloud, `/drives/${cloud.shared}/root:/F/G/y.txt:/content`), 'yyy');
    await copy(cloud, '/me/drive/root:/F:/copy', { parentReference: { driveId: cloud.shared, id: 'root' }, childrenOnly: true });
    assert.equal(await text(cloud, `/drives/${cloud.shared}/root:/x.txt:/content`), 'two');
  },
  async 'a taken name fails late, or is settled as asked'(cloud) {
    const clash = { name: 'b.txt' };
    const { reply } = await outcome(cloud, await copy(cloud, '/me/drive/root:/a.txt:/copy', clash));
    assert.deepEqual([reply.status, reply.json.status, reply.json.errorCode], [200, 'failed', 'nameAlreadyExists']);
    const renamed = await outcome(cloud, await copy(cloud, '/me/drive/root:/a.txt:/copy?@microsoft.graph.conflictBehavior=rename', clash));
    assert.equal((await get(cloud, `/me/drive/items/${renamed.reply.json.resourceId}`)).name, 'b 1.txt');
    const before = (await get(cloud, '/me/drive/root:/b.txt')).id;
    await copy(cloud, '/me/drive/root:/a.txt:/copy?@microsoft.graph.conflictBehavior=replace', clash);
    assert.notEqual((await get(cloud, '/me/drive/root:/b.txt')).id, before);
  },
  async 'what cannot be is refused at once'(cloud) {
    const at = (target, body, status) => json(cloud, 'POST', target, body, status);
    await at('/me/drive/root:/F:/copy', { parentReference: { id: (await get(cloud, '/me/drive/root:/F/G')).id } }, 400);
    await at('/me/drive/root:/a.txt:/copy', { parentReference: { driveId: cloud.shared, id: '01NOTHING' } }, 404);
    await at('/me/drive/root:/a.txt:/copy', { name: 'a:b' }, 400);
    assert.equal((await cloud.request('GET', 'https://contoso.sharepoint.com/_api/v2.0/monitor/nothing')).status, 404);
  },
  async 'monitors take their time, fail, end plainly, and want no token'(cloud) {
    const again = (name) => copy(cloud, '/me/drive/root:/a.txt:/copy', { name });
    await turnOn(cloud, 'copy.polls', 3);
    assert.deepEqual((await outcome(cloud, await again('slow.txt'))).seen, ['notStarted', 'inProgress', 'inProgress', 'completed']);
    await turnOn(cloud, 'copy.failed', 'accessDenied');
    const failed = await outcome(cloud, await again('failed.txt'));
    assert.equal(failed.reply.json.error.code, 'accessDenied');
    assert.equal((await cloud.graph('GET', '/me/drive/root:/failed.txt')).status, 404);
    await turnOn(cloud, 'monitor.plain');
    const plain = await outcome(cloud, await again('plain.txt'));
    assert.deepEqual([plain.reply.status, plain.reply.headers.location], [200, undefined]);
    const url = await again('token.txt');
    assert.equal((await cloud.request('GET', url, { headers: { authorization: `Bearer ${cloud.token}` } })).status, 401);
  },
});
