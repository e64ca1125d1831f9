// Every way to name one and the same item.
import assert from 'node:assert/strict';
import { file, get, json, text, trySurface } from './surface.mjs';

const encoded = encodeURIComponent;

await trySurface({
  async 'one file under all its names'(cloud) {
    const item = await file(cloud, "A/it's #1.txt", 'here');
    const name = encoded("it's #1.txt");
    const drive = cloud.mine;
    const { site } = (await cloud.control('GET', '/state')).json.drives.find((d) => d.id === drive);
    const number = (await get(cloud, `/me/drive/items/${item.id}/listItem`)).id;
    const parent = item.parentReference.id;
    for (const target of [
      `/drive/root:/A/${name}`, `/me/drive/root:/a/${name}:`, `/me/drive/root:/A/${name}:/`,
      `/me/drives/${drive}/root:/A/${name}`, `/users/aino%40contoso.test/drive/root:/A/${name}`,
      `/drives/${drive}/items/root:/A/${name}`, `/drives/${drive}/items/root%3A%2FA%2F${name}%3A`,
      `/drives/${drive}/items/${parent}:/${name}:`, `/drives('${drive}')/items('${item.id}')`,
      `/drives/${drive}/items/${parent}/children('it''s%20%231.txt')`,
      `/drives/${drive}/items/${parent}/children('@a1')?@a1='it''s%20%231.txt'`,
      `/sites/${site}/drive/items/${item.id}`, `/sites/${site}/drives/${drive}/items/${item.id}`,
      `/sites/contoso-my.sharepoint.com:/personal/aino_contoso_test:/drive/root:/A/${name}`,
      `/sites/contoso-my.sharepoint.com/getByPath(path='/personal/aino_contoso_test')/drive/items/${item.id}`,
      `/sites/${site}/lists/Documents/items/${number}/driveItem`,
      `/sites/${site}/lists/OneDrive/drive/items/${item.id}`,
      `/drives/${drive}/list/items/${number}/driveItem`,
    ]) {
      assert.equal((await get(cloud, target)).id, item.id, target);
    }
  },
  async 'what no grammar covers is refused'(cloud) {
    for (const target of ['/me/drive/root:/A/../A', '/me/drive/root:/A//x', '/me/drive/root:/%00', '/me/drive/root:/%zz',
      '/me/drive/items', '/me/drive/root/unheard']) {
      const reply = await cloud.graph('GET', target);
      assert.equal(reply.status, 400, `${target}: ${reply.status}`);
    }
  },
  async 'special folders come into being when they are named'(cloud) {
    const made = await json(cloud, 'PUT', '/me/drive/special/approot:/x.txt:/content', Buffer.from('x'), 201);
    assert.match(made.parentReference.path, /\/Apps\//);
    assert.equal((await get(cloud, '/me/drive/special/documents')).name, 'Documents');
    assert.equal((await get(cloud, '/me/drive/special')).value.length, 2);
    assert.equal((await cloud.graph('GET', '/me/drive/special/nothing')).status, 404);
  },
  async 'groups, teams and their channels lead to the shared library'(cloud) {
    const folder = await get(cloud, await channel(cloud));
    assert.equal(folder.name, 'General');
    assert.equal(folder.parentReference.driveId, cloud.shared);
    const group = await groupId(cloud);
    assert.equal((await get(cloud, `/groups/${group}/drive`)).id, cloud.shared);
    assert.equal((await get(cloud, `/groups/${group}/sites/root/drive`)).id, cloud.shared);
    assert.equal((await get(cloud, `/groups/${group}/drives`)).value[0].id, cloud.shared);
    assert.equal((await get(cloud, `/teams/${group}/channels`)).value[0].displayName, 'General');
    await json(cloud, 'PUT', `${await channel(cloud)}:/c.txt:/content`, Buffer.from('c'), 201);
    assert.equal((await get(cloud, `/teams/${group}/primaryChannel/filesFolder/children`)).value[0].name, 'c.txt');
    assert.equal((await cloud.graph('GET', '/groups/nobody/drive')).status, 404);
  },
  async 'POST stands in for other methods, once'(cloud) {
    const target = '/me/drive/root:/tunnel.txt:/content';
    const headers = { 'x-http-method-override': 'PUT' };
    assert.equal((await cloud.graph('POST', target, { headers, body: Buffer.from('t') })).status, 201);
    assert.equal(await text(cloud, target), 't');
    const twice = { 'x-http-method-override': ['PUT', 'DELETE'] };
    assert.equal((await cloud.graph('POST', target, { headers: twice, body: Buffer.from('t') })).status, 400);
  },
});

async function groupId(cloud) {
  return (await cloud.control('GET', '/state')).json.group;
}

async function channel(cloud) {
  return `/teams/${await groupId(cloud)}/channels/19%3Ageneral%40thread.tacv2/filesFolder`;
}
