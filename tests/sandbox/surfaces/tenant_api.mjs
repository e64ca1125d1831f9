// The same tree at the tenant hosts, with their own names for annotations.
import assert from 'node:assert/strict';
import { file, trySurface } from './surface.mjs';

const home = 'https://contoso-my.sharepoint.com/personal/aino_contoso_test/_api/v2.0';
let token;

async function tokenFor(cloud, host) {
  const reply = await cloud.request('POST', 'https://login.microsoftonline.com/common/oauth2/v2.0/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=password&client_id=x&password=x&username=aino%40contoso.test&scope=https%3A%2F%2F${host}%2F.default`,
  });
  return reply.json.access_token;
}

async function ask(cloud, method, url, { body, status = 200, headers = {} } = {}) {
  const isJson = body !== undefined && !Buffer.isBuffer(body);
  const reply = await cloud.request(method, url, { body: isJson ? JSON.stringify(body) : body,
    headers: { authorization: `Bearer ${token}`, ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers } });
  assert.equal(reply.status, status, `${method} ${url}: ${reply.status} ${reply.bytes}`);
  return reply;
}

await trySurface({
  async 'items are the same, annotations are not'(cloud) {
    token = await tokenFor(cloud, 'contoso-my.sharepoint.com');
    const item = await file(cloud, 'a.txt', 'aaa');
    for (const url of [`${home}/drive/root:/a.txt`, `${home}/drives/${cloud.mine}/items/${item.id}`,
      `${home.replace('v2.0', 'v2.1')}/drive/root:/a.txt:`, `https://contoso-my.sharepoint.com/_api/v2.0/drives/${cloud.mine}/items/${item.id}`]) {
      const { json } = await ask(cloud, 'GET', url);
      assert.equal(json.id, item.id);
      assert.equal(json['@microsoft.graph.downloadUrl'], undefined);
      assert.equal((await cloud.request('GET', json['@content.downloadUrl'])).bytes.toString(), 'aaa');
      assert.ok(json['@odata.context'].startsWith(url.slice(0, url.indexOf('/_api/'))));
    }
  },
  async 'links lead back to the same door'(cloud) {
    await file(cloud, 'b.txt', 'bbb');
    const page = (await ask(cloud, 'GET', `${home}/drive/root/children?$top=1`)).json;
    assert.ok(page['@odata.nextLink'].startsWith(`${home}/drive/root/children?`));
    assert.equal((await ask(cloud, 'GET', page['@odata.nextLink'])).json.value[0].name, 'b.txt');
    const delta = (await ask(cloud, 'GET', `${home}/drive/root/oneDrive.delta`)).json;
    assert.ok(delta['@odata.deltaLink'].startsWith(`${home}/drives/`));
    assert.equal((await ask(cloud, 'GET', delta['@odata.deltaLink'])).json.value.length, 0);
  },
  async 'uploads, sessions, copies with their own spellings'(cloud) {
    const put = `${home}/drive/root:/a.txt:/content?@name.conflictBehavior=rename`;
    assert.equal((await ask(cloud, 'PUT', put, { body: Buffer.from('x'), status: 201 })).json.name, 'a 1.txt');
    const session = (await ask(cloud, 'POST', `${home}/drive/root:/s.bin:/oneDrive.createUploadSession`, {
      body: { item: { '@name.conflictBehavior': 'fail' } } })).json;
    const done = await cloud.request('PUT', session.uploadUrl, { headers: { 'content-range': 'bytes 0-1/2' }, body: Buffer.from('ab') });
    assert.equal(done.status, 201);
    const copied = await ask(cloud, 'POST', `${home}/drive/root:/a.txt:/oneDrive.copy`, { body: { name: 'c.txt' }, status: 202 });
    assert.match(copied.headers.location, /\/monitor\//);
    await ask(cloud, 'POST', `${home}/drive/root:/c.txt`, { headers: { 'x-http-method': 'MERGE' }, body: { name: 'd.txt' } });
    const batch = (await ask(cloud, 'POST', `${home}/$batch`, { body: { requests: [{ id: '1', method: 'GET', url: '/drive/root:/d.txt' }] } })).json;
    assert.ok(batch.responses[0].body['@content.downloadUrl']);
  },
  async 'errors are spelt in lower case, and tokens are for one host'(cloud) {
    const gone = await ask(cloud, 'GET', `${home}/drive/root:/nothing`, { status: 404 });
    assert.ok(gone.json.error.innererror);
    assert.equal((await cloud.control('GET', '/counters')).json.authorization_on_tenant, 0);
    token = cloud.token;
    await ask(cloud, 'GET', `${home}/drive`, { status: 401 });
    assert.equal((await cloud.control('GET', '/counters')).json.authorization_on_tenant, 1);
    assert.equal((await cloud.request('GET', `${home}/drive`)).status, 401);
  },
});
