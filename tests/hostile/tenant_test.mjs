// The tenant's own host behind the proxy door: node tenant_test.mjs BIN_DIR
// The drive API there is Graph's. A file by its own URL is opened for whom upstream accepts. What
// would carry content past the sealing is refused in a protected place, and passes in any other.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import https from 'node:https';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const host = 'contoso-my.sharepoint.com';
const site = '/personal/aino_contoso_test';
const docs = `${site}/Documents`;
const api = `${site}/_api/v2.0`;
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2], proxy: true });
const station = office.workstation;
const tokenFor = async (user) => (await office.cloud.request('POST', 'https://login.microsoftonline.com/common/oauth2/v2.0/token', {
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: `grant_type=password&client_id=x&password=x&username=${user}%40contoso.test&scope=https%3A%2F%2F${host}%2F.default`,
})).json.access_token;
await office.login();
const aino = await tokenFor('aino');
const ville = await tokenFor('ville');
await office.folder('Salassa');
await office.folder('Yleinen');

const canary = 'KANARIALINTU-vuokraaja-77d0c2';
office.secret(Buffer.from(canary));
const forbidden = Buffer.concat([Buffer.from(canary), noise(3000, 5)]);
const secret = noise(40000, 1);
office.secret(secret);
const json = { accept: 'application/json;odata=nometadata' };
const folder = (path) => `${site}/_api/web/GetFolderByServerRelativeUrl('${docs}${path}')`;
const named = (path) => `${site}/_api/web/GetFileByServerRelativePath(decodedUrl='${docs}${path}')`;
// `target` is a path of the host, or a whole URL of it.
const send = (method, target, { token = aino, ...options } = {}) =>
  station.request(method, target.startsWith('https://') ? target : `https://${host}${target}`, { token, ...options });
const ask = async (method, target, { status = 200, ...options } = {}) => {
  const reply = await send(method, target, options);
  assert.equal(reply.status, status, `${method} ${target}: ${reply.status} ${reply.bytes.subarray(0, 400)}`);
  return reply;
};
// What the client above does not do: a body of unknown length, a connection that goes on as another one.
const open = async (method, path, headers) => https.request({ method, path,
  createConnection: ((socket) => () => socket)(await station.tls(host)), headers: { host, authorization: `Bearer ${aino}`, ...headers } });
const sealedSize = 512 + secret.length + 16 * (Math.floor(secret.length / 16384) + 1);
const mine = () => office.cloud.graph('GET', '/me/drive/root:/Yleinen:/children', { token: office.token });

await cases.check('the drive API is Graph\'s: sealed going in, plain coming out', async () => {
  const put = await ask('PUT', `${api}/drive/root:/Salassa/a.bin:/content`, { body: secret, status: 201 });
  assert.equal(put.json.size, secret.length);
  assert.equal((await office.stored('a.bin')).size, sealedSize);
  const item = (await ask('GET', `${api}/drive/root:/Salassa/a.bin`)).json;
  assert.equal(item.size, secret.length);
  assert.ok(item['@content.downloadUrl'].startsWith(`https://${host}/kerros/download/`), item['@content.downloadUrl']);
  assert.ok((await ask('GET', item['@content.downloadUrl'], { token: null })).bytes.equals(secret));
  assert.ok((await ask('GET', `${api}/drive/root:/Salassa/a.bin:/content`)).bytes.equals(secret));
  assert.ok((await office.get('/Salassa/a.bin')).bytes.equals(secret), 'the Graph door sees the same');
});

await cases.check('a session, a batch and a copy keep to the host they began at', async () => {
  const session = (await ask('POST', `${api}/drive/root:/Salassa/s.bin:/oneDrive.createUploadSession`,
    { body: { item: { '@name.conflictBehavior': 'replace' } } })).json;
  assert.ok(session.uploadUrl.startsWith(`https://${host}/kerros/upload/`), session.uploadUrl);
  const done = await ask('PUT', session.uploadUrl, { body: secret, token: null, status: 201,
    headers: { 'content-range': `bytes 0-${secret.length - 1}/${secret.length}` } });
  assert.equal(done.json.size, secret.length);
  const { responses } = (await ask('POST', `${api}/$batch`, { body: { requests: [
    { id: '1', method: 'GET', url: '/drive/root:/Salassa/s.bin' },
    { id: '2', method: 'PUT', url: '/drive/root:/Salassa/b.bin:/content', headers: { 'Content-Type': 'application/octet-stream' }, body: secret.toString('base64') },
  ] } })).json;
  assert.deepEqual(responses.map((one) => one.body.size).sort(), [secret.length, secret.length]);
  assert.equal((await office.stored('b.bin')).size, sealedSize);
  const copied = await ask('POST', `${api}/drive/root:/Salassa/s.bin:/oneDrive.copy`, { body: { name: 'c.bin' }, status: 202 });
  assert.ok(copied.headers.location.startsWith(`https://${host}/kerros/monitor/`), copied.headers.location);
});

await cases.check('a sealed file by its own URL is opened, whole, in part and by its size', async () => {
  assert.ok((await ask('GET', `${docs}/Salassa/a.bin`)).bytes.equals(secret));
  const part = await ask('GET', `${docs}/Salassa/a.bin`, { headers: { range: 'bytes=16380-16390' }, status: 206 });
  assert.ok(part.bytes.equals(secret.subarray(16380, 16391)));
  assert.equal((await ask('HEAD', `${docs}/Salassa/a.bin`)).headers['content-length'], String(secret.length));
});

await cases.check('the download page opens what it names', async () => {
  const { eTag } = (await office.cloud.graph('GET', '/me/drive/root:/Salassa/a.bin', { token: office.token })).json;
  const guid = /\{(.*)\}/.exec(eTag)[1];
  const page = `${site}/_layouts/15/download.aspx`;
  assert.ok((await ask('GET', `${page}?UniqueId=${guid}`)).bytes.equals(secret));
  assert.ok((await ask('GET', `${page}?SourceUrl=${encodeURIComponent(`${docs}/Salassa/a.bin`)}`)).bytes.equals(secret));
});

await cases.check('nobody else gets plaintext, or sealed bytes that look like the file', async () => {
  await ask('GET', `${docs}/Salassa/a.bin`, { token: ville, status: 403 });
  await ask('GET', `${docs}/Salassa/a.bin`, { token: null, status: 401 });
  const item = (await office.cloud.graph('GET', '/me/drive/root:/Salassa/a.bin', { token: office.token })).json;
  const foreign = item['@microsoft.graph.downloadUrl'];
  const reply = await ask('GET', foreign, { token: null, status: 403 });
  assert.match(reply.bytes.toString(), /sealed file is opened only for a caller who shows an access token/);
  await ask('GET', `${named('/Salassa/a.bin')}/$value`, { headers: json, status: 403 });
});

const writes = {
  'REST add': ['POST', `${folder('/Salassa')}/Files/add(url='x.txt',overwrite=true)`],
  'REST add by path': ['POST', `${folder('/Salassa')}/Files/AddUsingPath(DecodedUrl='x.txt',Overwrite=true)`],
  'REST add, spelled another way': ['POST', `${folder('/%2553alassa')}/Files/add(url='x.txt',overwrite=true)`],
  'REST add through a folder above': ['POST', `${folder('')}/Folders('Salassa')/Files/add(url='x.txt')`],
  'REST value': ['PUT', `${named('/Salassa/a.bin')}/$value`],
  'REST value, tunnelled': ['POST', `${named('/Salassa/a.bin')}/$value`, { 'x-http-method': 'PUT' }],
  'REST session': ['POST', `${named('/Salassa/a.bin')}/startUpload(uploadId=guid'0f8fad5b-d9cb-469f-a165-70867728950e')`],
  'REST by the older name of its door': ['POST', `${site}/_vti_bin/client.svc/web/GetFolderByServerRelativeUrl('${docs}/Salassa')/Files/add(url='x.txt')`],
  'WebDAV PUT': ['PUT', `${docs}/Salassa/x.txt`],
  'WebDAV PUT over': ['PUT', `${docs}/Salassa/a.bin`],
  'WebDAV PUT, deeper': ['PUT', `${docs}/salassa/none/x.txt`],
  'WebDAV LOCK': ['LOCK', `${docs}/Salassa/x.txt`],
  'CSOM': ['POST', `${site}/_vti_bin/client.svc/ProcessQuery`, { 'content-type': 'text/xml' }],
  'cellstorage': ['POST', `${site}/_vti_bin/cellstorage.svc/CellStorageService`],
  'cellstorage below the folder': ['POST', `${docs}/Salassa/_vti_bin/cellstorage.svc`],
  'sync': ['POST', `${site}/_api/SPFileSync/sync/1/item`],
  'migration': ['POST', `${site}/_api/site/CreateMigrationJob`],
  'REST batch': ['POST', `${site}/_api/$batch`],
  'upload page': ['POST', `${site}/_layouts/15/upload.aspx`],
  'attachment': ['POST', `${site}/_api/web/lists/getbytitle('L')/items(1)/AttachmentFiles/add(FileName='x')`],
  'unheard of': ['POST', `${site}/_api/web/unheard`],
};
for (const [what, [method, target, headers]] of Object.entries(writes)) {
  await cases.check(`${what} does not write to a protected place`, async () => {
    const reply = await ask(method, target, { body: forbidden, status: 403, headers: { ...json, ...headers } });
    assert.match(reply.bytes.toString(), /encryption/, 'a sentence that says why');
    assert.ok((await office.get('/Salassa/a.bin')).bytes.equals(secret));
    assert.equal(await office.stored('x.txt'), undefined);
  });
}

await cases.check('a protected folder may be looked at by WebDAV, with a short wish and no other', async () => {
  assert.match((await ask('OPTIONS', `${docs}/Salassa/`)).headers.dav, /1/);
  const wish = '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>';
  for (const body of [undefined, wish]) {
    const listed = (await ask('PROPFIND', `${docs}/Salassa/`, { body, status: 207, headers: { depth: '1' } })).bytes.toString();
    assert.match(listed, /a\.bin/);
    assert.ok(!listed.includes(secret.toString('latin1', 0, 32)));
  }
  await ask('PROPFIND', `${docs}/Salassa/`, { body: Buffer.concat([forbidden, Buffer.alloc(20_000, 0x20)]), status: 403, headers: { depth: '1' } });
  await ask('OPTIONS', `${docs}/Salassa/`, { body: forbidden, status: 403 });
});

await cases.check('each protocol is refused in its own words', async () => {
  const say = async (what, accept) => {
    const [method, target, headers] = writes[what];
    return (await ask(method, target, { body: forbidden, status: 403, headers: { accept, ...headers } })).bytes.toString();
  };
  assert.ok(JSON.parse(await say('REST add', 'application/json'))['odata.error'].message.value);
  assert.ok(JSON.parse(await say('REST add', 'application/json;odata=verbose')).error.message.value);
  assert.match(await say('REST add', '*/*'), /<m:message/);
  assert.match(await say('WebDAV PUT', '*/*'), /<D:error/);
  assert.ok(JSON.parse(await say('CSOM', '*/*'))[0].ErrorInfo.ErrorMessage);
  assert.match(await say('cellstorage', '*/*'), /<faultstring>/);
});

await cases.check('nothing is moved or copied into a protected place, or out of it', async () => {
  await ask('PUT', `${docs}/Yleinen/m.txt`, { body: 'ordinary', status: 201 });
  for (const [from, to] of [['Yleinen/m.txt', 'Salassa/m.txt'], ['Salassa/a.bin', 'Yleinen/a.bin']])
    for (const method of ['MOVE', 'COPY'])
      await ask(method, `${docs}/${from}`, { status: 403, headers: { destination: `https://${host}${docs}/${to}` } });
  await ask('MOVE', `${docs}/Yleinen/m.txt`, { status: 201, headers: { destination: `https://${host}${docs}/Yleinen/n.txt` } });
});

await cases.check('an ordinary place is as it was without the gateway', async () => {
  const large = noise(12_000_000, 3);
  await ask('PUT', `${docs}/Yleinen/large.bin`, { body: large, status: 201 });
  assert.ok((await ask('GET', `${docs}/Yleinen/large.bin`)).bytes.equals(large));
  const added = await ask('POST', `${folder('/Yleinen')}/Files/add(url='r.txt',overwrite=true)`, { body: 'rest', headers: json });
  assert.equal(added.json.Length, '4');
  await ask('PUT', `${named('/Yleinen/r.txt')}/$value`, { body: 'value', headers: json });
  assert.equal((await ask('GET', `${named('/Yleinen/r.txt')}/$value`)).bytes.toString(), 'value');
  const listed = await ask('PROPFIND', `${docs}/Yleinen/`, { status: 207, headers: { depth: '1' } });
  assert.match(listed.bytes.toString(), /<D:getcontentlength>12000000</);
  const made = await ask('MKCOL', `${docs}/Yleinen/uusi`, { status: 201 });
  assert.equal(made.headers['content-length'], '0', 'an empty answer says so, or a client waits for its end');
  await ask('DELETE', `${docs}/Yleinen/uusi`, { status: 204 });
  await ask('POST', `${site}/_api/contextinfo`, { headers: json });
  const chunked = await open('PUT', `${docs}/Yleinen/chunked.txt`, { 'transfer-encoding': 'chunked' });
  assert.equal(await new Promise((resolve, reject) => {
    chunked.on('error', reject).on('response', (reply) => resolve(reply.resume().statusCode)).end('abc');
  }), 201);
  assert.deepEqual((await mine()).json.value.map((one) => one.name).sort(), ['chunked.txt', 'large.bin', 'n.txt', 'r.txt']);
});

await cases.check('what was sealed here and lies in an ordinary place is not overwritten in clear', async () => {
  const item = (await office.graph('GET', '/me/drive/root:/Salassa/s.bin')).json;
  const target = (await office.graph('GET', '/me/drive/root:/Yleinen')).json.id;
  assert.equal((await office.graph('PATCH', `/me/drive/items/${item.id}`, { body: { parentReference: { id: target } } })).status, 200);
  await ask('PUT', `${docs}/Yleinen/s.bin`, { body: forbidden, status: 403 });
  assert.ok((await ask('GET', `${docs}/Yleinen/s.bin`)).bytes.equals(secret));
});

await cases.check('an upload URL of unknown origin writes nothing', async () => {
  const session = (await office.cloud.graph('POST', '/me/drive/root:/Salassa/foreign.bin:/createUploadSession', { token: office.token, body: {} })).json;
  const reply = await send('PUT', session.uploadUrl, { body: forbidden, token: null,
    headers: { 'content-range': `bytes 0-${forbidden.length - 1}/${forbidden.length}` } });
  assert.equal(reply.status, 403, `${reply.bytes}`);
  assert.equal(await office.stored('foreign.bin'), undefined);
});

await cases.check('a host that is not the one of the connection is refused', async () => {
  await ask('GET', `${docs}/Yleinen/n.txt`, { headers: { host: 'contoso.sharepoint.com' }, status: 421 });
});

await cases.check('late answers and WebSockets pass', async () => {
  assert.equal((await ask('GET', `${site}/_layouts/15/push.aspx?wait=30`)).json.waited, 30);
  const message = Buffer.from('terve');
  const mask = Buffer.from([9, 8, 7, 6]);
  const request = await open('GET', `${site}/_layouts/15/push.aspx`, { connection: 'Upgrade', upgrade: 'websocket',
    'sec-websocket-version': '13', 'sec-websocket-key': crypto.randomBytes(16).toString('base64') });
  const heard = await new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (reply) => reject(new Error(`no upgrade: ${reply.statusCode}`)));
    request.on('upgrade', (reply, stream) => {
      let seen = Buffer.alloc(0);
      stream.on('data', (data) => {
        seen = Buffer.concat([seen, data]);
        if (seen.length < 2 + message.length) return;
        stream.destroy();
        resolve(seen.subarray(2));
      });
      stream.write(Buffer.concat([Buffer.from([0x81, 0x80 | message.length]), mask, message.map((octet, i) => octet ^ mask[i % 4])]));
    });
    request.end();
  });
  assert.deepEqual(heard, message);
});

await cases.check('every refusal is in the audit log with its channel', async () => {
  const records = JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out);
  const refused = records.filter((one) => /^refused/.test(one.status) && JSON.stringify(one).includes('channel '));
  for (const channel of ['rest-upload', 'rest-overwrite', 'rest-session', 'webdav', 'csom', 'cellstorage', 'sync', 'migration'])
    assert.ok(refused.some((one) => JSON.stringify(one).includes(`channel ${channel}`)), channel);
  assert.equal(office.kerros('audit', 'verify').code, 0);
});

try {
  await office.stop();
} finally {
  cases.end();
}
