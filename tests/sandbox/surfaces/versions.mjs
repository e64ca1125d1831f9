// Versions, the recycle bin, checkouts, following.
import assert from 'node:assert/strict';
import { file, get, json, text, trySurface } from './surface.mjs';

const labels = async (cloud, target) => (await get(cloud, `${target}/versions`)).value.map((v) => v.id);

await trySurface({
  async 'versions are listed, read whole, restored and deleted'(cloud) {
    for (const words of ['one', 'two two', 'three']) await file(cloud, 'v.txt', words);
    const at = '/me/drive/root:/v.txt:';
    assert.deepEqual(await labels(cloud, at), ['3.0', '2.0', '1.0']);
    assert.equal((await get(cloud, `${at}/versions/2.0`)).size, 7);
    const old = await cloud.graph('GET', `${at}/versions/1.0/content`);
    const whole = await cloud.request('GET', old.headers.location, { headers: { range: 'bytes=1-1' } });
    assert.deepEqual([whole.status, whole.bytes.toString()], [200, 'one']);
    await json(cloud, 'GET', `${at}/versions/3.0/content`, undefined, 400);
    await json(cloud, 'POST', `${at}/versions/1.0/restoreVersion`, undefined, 204);
    assert.equal(await text(cloud, `${at}/content`), 'one');
    await json(cloud, 'DELETE', `${at}/versions/2.0`, undefined, 204);
    assert.deepEqual(await labels(cloud, at), ['4.0', '3.0', '1.0']);
    await file(cloud, 'v.txt', 'five');
    assert.deepEqual(await labels(cloud, at), ['5.0', '4.0', '3.0', '1.0']);
    await json(cloud, 'DELETE', `${at}/versions/5.0`, undefined, 400);
    await json(cloud, 'DELETE', `${at}/versions/9.0`, undefined, 404);
  },
  async 'what was deleted comes back with its versions and what was below'(cloud) {
    const inner = await file(cloud, 'Bin/Deep/x.txt', 'xxx');
    const folder = await get(cloud, '/me/drive/root:/Bin');
    await json(cloud, 'DELETE', '/me/drive/root:/Bin', undefined, 204);
    await json(cloud, 'GET', `/me/drive/items/${inner.id}`, undefined, 404);
    const { site } = (await cloud.control('GET', '/state')).json.drives.find((d) => d.id === cloud.mine);
    const bin = await get(cloud, `/sites/${site}/recycleBin/items`);
    assert.deepEqual(bin.value.map((entry) => entry.name), ['Bin']);
    assert.equal((await get(cloud, '/me/drive')).quota.deleted, 3);
    await json(cloud, 'POST', `/me/drive/items/${folder.id}/restore`, { name: 'Back' });
    assert.equal(await text(cloud, '/me/drive/root:/Back/Deep/x.txt:/content'), 'xxx');
    await json(cloud, 'POST', `/me/drive/items/${folder.id}/restore`, {}, 404);
  },
  async 'a restored name gives way to one that was taken meanwhile'(cloud) {
    const first = await file(cloud, 'again.txt', 'first');
    await json(cloud, 'DELETE', `/me/drive/items/${first.id}`, undefined, 204);
    await file(cloud, 'again.txt', 'second');
    assert.equal((await json(cloud, 'POST', `/me/drive/items/${first.id}/restore`, {})).name, 'again 1.txt');
  },
  async 'what is deleted for good stays away'(cloud) {
    const item = await file(cloud, 'gone.txt');
    await json(cloud, 'POST', `/me/drive/items/${item.id}/permanentDelete`, undefined, 204);
    await json(cloud, 'POST', `/me/drive/items/${item.id}/restore`, {}, 404);
    assert.equal((await get(cloud, '/me/drive')).quota.deleted, 0);
  },
  async 'a checkout keeps others out until it ends'(cloud) {
    const at = `/drives/${cloud.shared}/root:/c.txt:`;
    const put = (words, token, status) => json(cloud, 'PUT', `${at}/content`, Buffer.from(words), status, { token });
    await put('before', cloud.token, 201);
    await json(cloud, 'POST', `${at}/checkout`, undefined, 204);
    const item = await get(cloud, at);
    assert.equal(item.publication.checkedOutBy.user.email, 'aino@contoso.test');
    await put('ville', cloud.ville, 423);
    await json(cloud, 'PATCH', at, { name: 'd.txt' }, 423, { token: cloud.ville });
    await json(cloud, 'DELETE', at, undefined, 423, { token: cloud.ville });
    await json(cloud, 'POST', `${at}/createUploadSession`, {}, 423, { token: cloud.ville });
    await json(cloud, 'POST', `${at}/discardCheckout`, undefined, 423, { token: cloud.ville });
    await put('draft', cloud.token, 200);
    await json(cloud, 'POST', `${at}/discardCheckout`, undefined, 204);
    assert.equal(await text(cloud, `${at}/content`), 'before');
    await json(cloud, 'POST', `${at}/checkout`, undefined, 204);
    await put('kept', cloud.token, 200);
    await json(cloud, 'POST', `${at}/checkin`, { comment: 'done' }, 204);
    assert.equal(await text(cloud, `${at}/content`), 'kept');
    assert.equal((await get(cloud, at)).publication, undefined);
    await put('ville', cloud.ville, 200);
    await json(cloud, 'POST', `${at}/checkin`, {}, 400);
  },
  async 'items can be followed'(cloud) {
    const item = await file(cloud, 'followed.txt');
    await json(cloud, 'POST', `/me/drive/items/${item.id}/follow`);
    assert.deepEqual((await get(cloud, '/me/drive/following')).value.map((each) => each.id), [item.id]);
    await json(cloud, 'POST', `/me/drive/items/${item.id}/unfollow`, undefined, 204);
    assert.equal((await get(cloud, '/me/drive/following')).value.length, 0);
  },
});
