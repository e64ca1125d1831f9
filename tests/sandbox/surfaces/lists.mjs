// The library as a list, and what can be folded into items.
import assert from 'node:assert/strict';
import { file, follow, get, json, trySurface } from './surface.mjs';

await trySurface({
  async 'list items tell of files in fields'(cloud) {
    await file(cloud, 'A/x.docx', 'twelve bytes');
    const { site } = (await cloud.control('GET', '/state')).json.drives.find((d) => d.id === cloud.mine);
    const [list] = (await get(cloud, `/sites/${site}/lists`)).value;
    cloud.list = `/sites/${site}/lists/${list.id}`;
    assert.equal((await get(cloud, cloud.list)).list.template, 'documentLibrary');
    const { value } = await get(cloud, `${cloud.list}/items?$expand=fields,driveItem`);
    assert.deepEqual(value.map((each) => each.fields.FileLeafRef), ['A', 'x.docx']);
    const [, entry] = value;
    assert.equal(entry.fields.FileSizeDisplay, '12');
    assert.equal(entry.fields.File_x0020_Size, '12');
    assert.equal(entry.driveItem.size, 12);
    assert.equal(entry.driveItem.file.hashes.quickXorHash.length, 28);
    assert.equal(entry.contentType.name, 'Document');
    const page = await get(cloud, `${cloud.list}/items?$top=1&$expand=fields($select=FileLeafRef)`);
    assert.deepEqual(page.value[0].fields, { FileLeafRef: 'A' });
    const next = (await follow(cloud, page['@odata.nextLink'])).json;
    assert.deepEqual(next.value[0].fields, { FileLeafRef: 'x.docx' });
    cloud.entry = `${cloud.list}/items/${entry.id}`;
  },
  async 'a change of fields can rename'(cloud) {
    assert.equal((await json(cloud, 'PATCH', `${cloud.entry}/fields`, { FileLeafRef: 'y.docx' })).FileLeafRef, 'y.docx');
    assert.equal((await get(cloud, `${cloud.entry}/driveItem`)).name, 'y.docx');
    assert.equal((await get(cloud, `${cloud.entry}/fields`)).DocIcon, 'docx');
    await json(cloud, 'PATCH', `${cloud.entry}/fields`, { FileLeafRef: 'y:docx' }, 400);
    await file(cloud, 'A/y.docx', 'longer than before');
    const versions = (await get(cloud, `${cloud.entry}/versions`)).value;
    assert.deepEqual(versions.map((each) => each.fields.FileSizeDisplay), ['18', '12']);
  },
  async 'changes of list items'(cloud) {
    const first = await get(cloud, `${cloud.list}/items/delta?$expand=fields`);
    assert.ok(first.value.length >= 2);
    await json(cloud, 'DELETE', '/me/drive/root:/A/y.docx', undefined, 204);
    const next = (await follow(cloud, first['@odata.deltaLink'])).json;
    assert.equal(next.value[0].deleted.state, 'deleted');
  },
  async 'items fold in children, list items, versions, thumbnails, permissions'(cloud) {
    await file(cloud, 'E/one.jpg', 'picture');
    await file(cloud, 'E/two.txt', 'text');
    const folder = await get(cloud, '/me/drive/root:/E?$expand=children($select=name,size)&$select=name');
    assert.deepEqual(folder.children, [{ name: 'one.jpg', size: 7 }, { name: 'two.txt', size: 4 }]);
    const item = await get(cloud, '/me/drive/root:/E/one.jpg?expand=thumbnails,listItem($expand=fields),versions,permissions');
    assert.match(item.thumbnails[0].large.url, /^https:\/\/contoso-my\./);
    assert.equal(item.listItem.fields.FileSizeDisplay, '7');
    assert.equal(item.versions[0].size, 7);
    assert.deepEqual(item.permissions, []);
    assert.equal((await get(cloud, '/me/drive/root:/E:/children?$expand=thumbnails')).value[0].thumbnails.length, 1);
    await json(cloud, 'GET', '/me/drive/root:/E?$expand=unheard', undefined, 400);
  },
  async 'selections and orders, with and without dollar signs'(cloud) {
    for (const select of ['$select=size', 'select=size', '%24select=size']) {
      assert.deepEqual(Object.keys(await get(cloud, `/me/drive/root:/E/one.jpg?${select}`)), ['@odata.context', 'size']);
    }
    const url = (await get(cloud, '/me/drive/root:/E/one.jpg?$select=id,@microsoft.graph.downloadUrl'))['@microsoft.graph.downloadUrl'];
    assert.match(url, /download\.aspx/);
    const sizes = (await get(cloud, '/me/drive/root:/E:/children?$orderby=size')).value.map((each) => each.size);
    assert.deepEqual(sizes, [4, 7]);
    const down = (await get(cloud, '/me/drive/root:/E:/children?orderby=name%20desc')).value.map((each) => each.name);
    assert.deepEqual(down, ['two.txt', 'one.jpg']);
  },
});
