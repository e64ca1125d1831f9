// $batch: what goes in, in which order it is done, what comes out.
import assert from 'node:assert/strict';
import { file, json, text, trySurface, turnOn } from './surface.mjs';

const run = async (cloud, requests, status = 200) => (await json(cloud, 'POST', '/$batch', { requests }, status)).responses;
const byId = (responses) => Object.fromEntries(responses.map((response) => [response.id, response]));
const part = (id, url, more = {}) => ({ id, method: 'GET', url, ...more });

await trySurface({
  async 'parts are answered as if they had come alone'(cloud) {
    await file(cloud, 'a.txt', 'aaa');
    const found = byId(await run(cloud, [
      part('1', '/me'),
      part('2', 'me/drive/root:/a.txt:/content'),
      part('3', '/me/drive/root:/none.txt'),
      part('4', '/me/drive/root:/b.txt:/content', { method: 'PUT', headers: { 'Content-Type': 'text/plain' },
        body: Buffer.from('bytes in base64').toString('base64') }),
      part('5', '/me/drive/root/children', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: { name: 'F', folder: {} } }),
      part('6', 'https://graph.microsoft.com/v1.0/me/drive'),
    ]));
    assert.equal(found[1].body.userPrincipalName, 'aino@contoso.test');
    assert.equal(found[2].status, 302);
    assert.equal((await cloud.request('GET', found[2].headers.Location)).bytes.toString(), 'aaa');
    assert.equal(found[2].body, undefined);
    assert.equal(found[3].status, 404);
    assert.equal(found[3].body.error.code, 'itemNotFound');
    assert.equal(found[4].status, 201);
    assert.equal(await text(cloud, '/me/drive/root:/b.txt:/content'), 'bytes in base64');
    assert.equal(found[5].status, 201);
    assert.equal(found[6].body.id, cloud.mine);
  },
  async 'bytes come back in base64'(cloud) {
    await turnOn(cloud, 'content.direct');
    const [response] = await run(cloud, [part('x', '/me/drive/root:/a.txt:/content')]);
    assert.equal(response.status, 200);
    assert.equal(Buffer.from(response.body, 'base64').toString(), 'aaa');
  },
  async 'what depends on a failure is not tried'(cloud) {
    const put = (id, after) => part(id, `/me/drive/root:/dep-${id}.txt:/content`, { method: 'PUT',
      headers: { 'Content-Type': 'text/plain' }, body: 'eA==', dependsOn: after });
    const found = byId(await run(cloud, [put('later', ['first']), put('first', []),
      part('bad', '/me/drive/root:/none'), put('orphan', ['bad']), put('grandchild', ['orphan'])]));
    assert.deepEqual([found.later.status, found.first.status], [201, 201]);
    assert.equal(found.orphan.status, 424);
    assert.equal(found.grandchild.status, 424);
    assert.equal((await cloud.graph('GET', '/me/drive/root:/dep-orphan.txt')).status, 404);
  },
  async 'malformed batches fail whole'(cloud) {
    const many = (n) => Array.from({ length: n }, (_, i) => part(String(i), '/me'));
    assert.equal((await run(cloud, many(20))).length, 20);
    for (const requests of [many(21), [], [part('1', '/me'), part('1', '/me')], [{ id: '1', url: '/me' }],
      [part('1', '/me', { dependsOn: ['2'] })], [part('1', '/me', { dependsOn: ['1'] })],
      [part('1', '/me', { dependsOn: ['2'] }), part('2', '/me', { dependsOn: ['1'] })]]) {
      await run(cloud, requests, 400);
    }
  },
  async 'parts may not leave, nest, or guess at types'(cloud) {
    const found = byId(await run(cloud, [
      part('out', 'https://evil.example/v1.0/me'),
      part('nest', '/$batch', { method: 'POST', headers: { 'content-type': 'application/json' }, body: { requests: [] } }),
      part('untyped', '/me/drive/root:/u.txt:/content', { method: 'PUT', body: 'eA==' }),
      part('notbase64', '/me/drive/root:/u.txt:/content', { method: 'PUT', headers: { 'Content-Type': 'text/plain' }, body: '*' }),
      part('version', '/beta/me'),
    ]));
    for (const id of ['out', 'nest', 'untyped', 'notbase64', 'version']) assert.equal(found[id].status, 400, id);
  },
  async 'responses may come in any order, and one may be throttled'(cloud) {
    const ids = Array.from({ length: 6 }, (_, i) => String(i));
    const parts = ids.map((id) => part(id, `/me?n=${id}`));
    assert.deepEqual((await run(cloud, parts)).map((r) => r.id), ids);
    await turnOn(cloud, 'batch.shuffle', 3);
    await turnOn(cloud, 'throttle', { status: 429, retry_after: 7 }, { path_regex: 'n=4', times: 1 });
    const responses = await run(cloud, parts);
    assert.notDeepEqual(responses.map((r) => r.id), ids);
    assert.deepEqual(responses.map((r) => r.id).sort(), ids);
    assert.equal(byId(responses)[4].status, 429);
    assert.equal(byId(responses)[4].headers['Retry-After'], '7');
    assert.equal(byId(responses)[3].status, 200);
  },
});
