// Search by name and by words, and the lists that gather items from elsewhere.
import assert from 'node:assert/strict';
import { file, get, json, trySurface } from './surface.mjs';

const names = (list) => list.value.map((item) => item.name).sort();
const query = async (cloud, request) => (await json(cloud, 'POST', '/search/query', { requests: [request] })).value[0];

await trySurface({
  async 'a drive and a folder are searched by name and by words'(cloud) {
    await file(cloud, 'A/Quarter.txt', 'nothing');
    await file(cloud, 'B/other.txt', 'the QUARTER was good');
    await file(cloud, "it's.txt", 'quoted');
    assert.deepEqual(names(await get(cloud, "/me/drive/root/search(q='quarter')")), ['Quarter.txt', 'other.txt']);
    assert.deepEqual(names(await get(cloud, "/me/drive/search(q='quarter')")), ['Quarter.txt', 'other.txt']);
    assert.deepEqual(names(await get(cloud, "/me/drive/root:/A:/search(q='quarter')")), ['Quarter.txt']);
    assert.deepEqual(names(await get(cloud, "/me/drive/root/microsoft.graph.search(q='it''s')")), ["it's.txt"]);
    const page = await get(cloud, "/me/drive/root/search(q='quarter')?$top=1&$select=name");
    assert.deepEqual(Object.keys(page.value[0]), ['name']);
    assert.ok(page['@odata.nextLink']);
    await json(cloud, 'GET', '/me/drive/root/search()', undefined, 400);
  },
  async 'the search service shows hits with words out of the file'(cloud) {
    const { hitsContainers: [found] } = await query(cloud, { entityTypes: ['driveItem'], query: { queryString: 'quarter' }, fields: ['size'] });
    assert.equal(found.total, 2);
    const hit = found.hits.find((each) => each.resource.name === 'other.txt');
    assert.equal(hit.resource['@odata.type'], '#microsoft.graph.driveItem');
    assert.equal(hit.hitId, hit.resource.id);
    assert.match(hit.summary, /the QUARTER was/);
    assert.equal(hit.resource.size, 20);
    assert.equal(hit.resource.listItem.fields.size, 20);
    const lists = await query(cloud, { entityTypes: ['listItem'], query: { queryString: 'quarter filetype:txt' }, size: 1 });
    assert.equal(lists.hitsContainers[0].moreResultsAvailable, true);
    assert.ok(lists.hitsContainers[0].hits[0].resource.fields.FileSizeDisplay);
    await json(cloud, 'POST', '/search/query', { requests: [{ entityTypes: ['person'], query: { queryString: 'x' } }] }, 400);
  },
  async 'nobody finds what is not theirs'(cloud) {
    const reply = await cloud.graph('POST', '/search/query', { token: cloud.ville,
      body: { requests: [{ entityTypes: ['driveItem'], query: { queryString: 'quarter' } }] } });
    assert.equal(reply.json.value[0].hitsContainers[0].total, 0);
  },
  async 'recent files, newest first'(cloud) {
    const recent = await get(cloud, '/me/drive/recent');
    assert.equal(recent.value[0].name, "it's.txt");
    assert.equal(recent.value[0].remoteItem.size, 6);
    assert.deepEqual((await get(cloud, '/me/drive/bundles')).value, []);
  },
});
