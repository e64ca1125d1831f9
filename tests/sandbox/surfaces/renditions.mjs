// What the service makes of files that it can read.
import assert from 'node:assert/strict';
import { file, get, json, text, trySurface } from './surface.mjs';

await trySurface({
  async 'thumbnails of known kinds, by URL and by redirect'(cloud) {
    await file(cloud, 'a.jpg', 'picture bytes');
    await file(cloud, 'a.bin', 'no picture');
    const at = '/me/drive/root:/a.jpg:/thumbnails';
    const [set] = (await get(cloud, at)).value;
    const picture = await cloud.request('GET', set.small.url);
    assert.equal(picture.bytes.subarray(1, 4).toString(), 'PNG');
    assert.equal((await get(cloud, `${at}/0`)).id, '0');
    assert.ok((await get(cloud, `${at}/0/c300x400_crop`)).url);
    assert.match(await text(cloud, `${at}/0/large/content`), /PNG/);
    assert.deepEqual((await get(cloud, '/me/drive/root:/a.bin:/thumbnails')).value, []);
    await json(cloud, 'GET', `${at}/0/enormous`, undefined, 400);
    assert.equal((await cloud.request('GET', set.small.url.replace(/.$/, ''))).status, 401);
    await json(cloud, 'PUT', `${at}/0/source/content`, Buffer.from('x'), 405);
  },
  async 'conversions and previews show the words'(cloud) {
    await file(cloud, 'a.docx', 'words to be seen');
    assert.match(await text(cloud, '/me/drive/root:/a.docx:/content?format=pdf'), /^%PDF.*words to be seen/s);
    await json(cloud, 'GET', '/me/drive/root:/a.docx:/content?format=html', undefined, 406);
    await json(cloud, 'GET', '/me/drive/root:/a.bin:/content?format=pdf', undefined, 406);
    const preview = await json(cloud, 'POST', '/me/drive/root:/a.docx:/preview', {});
    assert.match((await cloud.request('GET', preview.getUrl)).bytes.toString(), /words to be seen/);
  },
  async 'cells of a workbook are read and written'(cloud) {
    await file(cloud, 'a.xlsx', 'a,b\nc,d\n');
    const at = '/me/drive/root:/a.xlsx:/workbook';
    assert.equal((await get(cloud, `${at}/worksheets`)).value[0].name, 'Sheet1');
    assert.deepEqual((await get(cloud, `${at}/worksheets/Sheet1/usedRange`)).values, [['a', 'b'], ['c', 'd']]);
    const cell = `${at}/worksheets/Sheet1/range(address='B2')`;
    assert.deepEqual((await get(cloud, cell)).values, [['d']]);
    await json(cloud, 'PATCH', cell, { values: [['secret']] });
    assert.equal(await text(cloud, '/me/drive/root:/a.xlsx:/content'), 'a,b\nc,secret\n');
    const session = await json(cloud, 'POST', `${at}/createSession`, { persistChanges: true }, 201);
    assert.ok(session.id);
    await json(cloud, 'POST', `${at}/closeSession`, {}, 204);
    await json(cloud, 'GET', '/me/drive/root:/a.docx:/workbook/worksheets', undefined, 400);
  },
});
