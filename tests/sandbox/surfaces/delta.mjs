// Changes: from the start, from a token, below a folder, in pages, and when a token is too old.
import assert from 'node:assert/strict';
import { file, follow, get, json, trySurface, turnOn } from './surface.mjs';

const names = (page) => page.value.map((item) => item.name ?? `-${item.id}`);

async function whole(cloud, target) {
  const out = [];
  let page = await get(cloud, target);
  for (;;) {
    out.push(...page.value);
    if (!page['@odata.nextLink']) return { items: out, link: page['@odata.deltaLink'] };
    page = (await follow(cloud, page['@odata.nextLink'])).json;
  }
}

await trySurface({
  async 'everything, then only what changed'(cloud) {
    await file(cloud, 'A/x.txt');
    const y = await file(cloud, 'y.txt');
    const first = await whole(cloud, '/me/drive/root/delta');
    assert.deepEqual(first.items.map((item) => item.name).sort(), ['A', 'root', 'x.txt', 'y.txt']);
    assert.equal((await follow(cloud, first.link)).json.value.length, 0);
    await json(cloud, 'PATCH', `/me/drive/items/${y.id}`, { name: 'z.txt' });
    await json(cloud, 'DELETE', '/me/drive/root:/A/x.txt', undefined, 204);
    const next = (await follow(cloud, first.link)).json;
    assert.deepEqual(next.value.map((item) => item.deleted?.state ?? item.name), ['z.txt', 'deleted']);
    const token = new URL(first.link).searchParams.get('token');
    const byFunction = await get(cloud, `/me/drive/root/delta(token='${token}')`);
    assert.deepEqual(names(byFunction), names(next));
    assert.match(byFunction['@odata.deltaLink'], /delta\(token='\d+'\)$/);
    assert.deepEqual(names((await follow(cloud, byFunction['@odata.deltaLink'])).json), []);
  },
  async 'from now on, or from a time on'(cloud) {
    const latest = await get(cloud, '/me/drive/root/delta?token=latest');
    assert.equal(latest.value.length, 0);
    await file(cloud, 'new.txt');
    assert.deepEqual(names((await follow(cloud, latest['@odata.deltaLink'])).json), ['new.txt']);
    assert.deepEqual((await get(cloud, '/me/drive/root/delta?token=2999-01-01T00:00:00Z')).value, []);
    assert.ok((await get(cloud, '/me/drive/root/delta?token=2001-01-01T00:00:00Z')).value.length > 2);
    await json(cloud, 'GET', '/me/drive/root/delta?token=foreign', undefined, 400);
  },
  async 'below a folder only'(cloud) {
    await file(cloud, 'B/C/in.txt');
    await file(cloud, 'out.txt');
    const { items, link } = await whole(cloud, '/me/drive/root:/B:/delta');
    assert.deepEqual(items.map((item) => item.name).sort(), ['B', 'C', 'in.txt']);
    await file(cloud, 'out.txt', 'changed');
    await file(cloud, 'B/C/in.txt', 'changed');
    await json(cloud, 'DELETE', '/me/drive/root:/B/C', undefined, 204);
    const next = (await follow(cloud, link)).json.value;
    assert.equal(next.filter((item) => item.deleted).length, 2);
    assert.equal(next.length, 2);
  },
  async 'in pages, with options kept'(cloud) {
    const { items } = await whole(cloud, '/me/drive/root/delta?$top=2&$select=name');
    assert.ok(items.length > 4);
    assert.ok(items.every((item) => Object.keys(item).join() === 'name'));
  },
  async 'a token that is too old'(cloud) {
    const { link } = await whole(cloud, '/me/drive/root/delta?$select=id');
    await turnOn(cloud, 'delta.410', 'resyncChangesUploadDifferences');
    const reply = await follow(cloud, link);
    assert.equal(reply.status, 410);
    assert.equal(reply.json.error.code, 'resyncRequired');
    assert.equal(reply.json.error.innerError.code, 'resyncChangesUploadDifferences');
    assert.match(reply.headers.location, /\/root\/delta\?\$select=id$/);
    assert.ok((await follow(cloud, reply.headers.location)).json.value.length > 0);
  },
});
