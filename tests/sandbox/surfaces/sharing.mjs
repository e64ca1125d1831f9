// Links, invitations, and items reached through them.
import assert from 'node:assert/strict';
import { file, get, json, text, trySurface } from './surface.mjs';

const token = (url) => `u!${Buffer.from(url).toString('base64url')}`;

await trySurface({
  async 'a link is made once, and its URL is an address'(cloud) {
    const item = await file(cloud, 'S/a.docx', 'shared words');
    const at = `/drives/${cloud.mine}/items/${item.id}`;
    const made = await json(cloud, 'POST', `${at}/createLink`, { type: 'view', scope: 'organization' }, 201);
    assert.match(made.link.webUrl, /^https:\/\/contoso-my\.sharepoint\.com\/:w:\/s\//);
    assert.equal(made.shareId, token(made.link.webUrl));
    const again = await json(cloud, 'POST', `${at}/createLink`, { type: 'view', scope: 'organization' }, 200);
    assert.equal(again.id, made.id);
    const ville = { token: cloud.ville };
    for (const tail of ['/driveItem', '/root', `/items/${item.id}`, '/driveItem?$expand=thumbnails']) {
      assert.equal((await get(cloud, `/shares/${made.shareId}${tail}`, ville)).id, item.id, tail);
    }
    assert.equal(await text(cloud, `/shares/${made.shareId}/driveItem/content`, ville), 'shared words');
    assert.equal((await get(cloud, `/shares/${made.shareId}`, ville)).name, 'a.docx');
    assert.equal((await get(cloud, `/shares/${made.shareId}/listItem?$expand=fields`, ville)).fields.FileLeafRef, 'a.docx');
    assert.equal((await cloud.graph('GET', at, ville)).status, 403);
    assert.equal((await cloud.graph('GET', '/shares/u!bm90aGluZw/driveItem')).status, 404);
  },
  async 'a shared folder opens what is below it'(cloud) {
    const made = await json(cloud, 'POST', '/me/drive/root:/S:/createLink', { type: 'edit' }, 201);
    const ville = { token: cloud.ville };
    assert.equal(await text(cloud, `/shares/${made.shareId}/root:/a.docx:/content`, ville), 'shared words');
    await json(cloud, 'PUT', `/shares/${made.shareId}/root:/b.txt:/content`, Buffer.from('b'), 201, ville);
    assert.equal((await get(cloud, `/shares/${made.shareId}?$expand=children`, ville)).children.length, 2);
    const folder = await get(cloud, '/me/drive/root:/S');
    assert.equal((await get(cloud, `/shares/${token(folder.webUrl)}/driveItem`)).id, folder.id);
  },
  async 'who is invited may come, and sees it listed'(cloud) {
    const item = await file(cloud, 'invited.txt', 'come in');
    const at = `/drives/${cloud.mine}/items/${item.id}`;
    const invited = await json(cloud, 'POST', `${at}/invite`,
      { recipients: [{ email: 'ville@contoso.test' }], roles: ['write'], requireSignIn: true });
    const ville = { token: cloud.ville };
    assert.equal(await text(cloud, `${at}/content`, ville), 'come in');
    const [shared] = (await get(cloud, '/me/drive/sharedWithMe', ville)).value;
    assert.equal(shared.remoteItem.id, item.id);
    assert.equal(shared.remoteItem.size, 7);
    assert.equal(shared.remoteItem.parentReference.driveId, cloud.mine);
    const { id } = invited.value[0];
    assert.equal((await get(cloud, `${at}/permissions`)).value.length, 1);
    assert.deepEqual((await json(cloud, 'PATCH', `${at}/permissions/${id}`, { roles: ['read'] })).roles, ['read']);
    await json(cloud, 'DELETE', `${at}/permissions/${id}`, undefined, 204);
    assert.equal((await cloud.graph('GET', at, ville)).status, 403);
    await json(cloud, 'POST', `${at}/invite`, { recipients: [{ email: 'nobody@x' }] }, 400);
  },
});
