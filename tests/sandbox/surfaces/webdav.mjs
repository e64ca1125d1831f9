// WebDAV, files by their URL, the download page, and answers that come late.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import https from 'node:https';
import { Office, home, host } from './office_calls.mjs';
import { file, text, trySurface } from './surface.mjs';

await trySurface({
  async 'a folder is made, filled, listed'(cloud) {
    const office = await Office.of(cloud);
    assert.equal((await office.dav('OPTIONS', '/', 200)).headers.dav, '1,2');
    await office.dav('MKCOL', '/D', 201);
    await office.dav('MKCOL', '/D', 405);
    await office.dav('MKCOL', '/none/D', 409);
    await office.dav('PUT', '/D/a%20b.txt', 201, { body: 'abc' });
    await office.dav('PUT', '/D/a%20b.txt', 204, { body: 'abcd' });
    await office.dav('PUT', '/none/a.txt', 409, { body: 'x' });
    await office.dav('PROPFIND', '/D', 403);
    const listed = (await office.dav('PROPFIND', '/D', 207, { headers: { depth: '1' } })).bytes.toString();
    assert.match(listed, new RegExp(`<D:href>${home}/Documents/D/a%20b.txt</D:href>`));
    assert.match(listed, /<D:getcontentlength>4<\/D:getcontentlength>/);
    assert.equal(await text(cloud, '/me/drive/root:/D/a%20b.txt:/content'), 'abcd');
    assert.equal((await office.dav('GET', '/D/a%20b.txt', 206, { headers: { range: 'bytes=1-2' } })).bytes.toString(), 'bc');
    await office.dav('PROPFIND', '/D/x', 404, { headers: { depth: '0' } });
  },
  async 'a lock keeps others out, and makes an empty file first'(cloud) {
    const office = await Office.of(cloud);
    const wish = '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
    const lock = await office.dav('LOCK', '/D/locked.txt', 201, { body: wish });
    const token = lock.headers['lock-token'];
    assert.equal((await cloud.graph('GET', '/me/drive/root:/D/locked.txt')).json.size, 0);
    await office.dav('LOCK', '/D/locked.txt', 423, { body: wish });
    await office.dav('PUT', '/D/locked.txt', 423, { body: 'x' });
    await office.dav('PUT', '/D/locked.txt', 204, { body: 'x', headers: { if: `(${token})` } });
    await office.dav('UNLOCK', '/D/locked.txt', 409, { headers: { 'lock-token': '<opaquelocktoken:no>' } });
    await office.dav('UNLOCK', '/D/locked.txt', 204, { headers: { 'lock-token': token } });
    await office.dav('DELETE', '/D/locked.txt', 204);
  },
  async 'what is moved or copied says whether it may overwrite'(cloud) {
    const office = await Office.of(cloud);
    await file(cloud, 'D/m.txt', 'm');
    const to = (name, more) => ({ headers: { destination: `${home}/Documents/D/${name}`, ...more } });
    await office.dav('COPY', '/D/m.txt', 201, to('n.txt'));
    await office.dav('COPY', '/D/m.txt', 412, to('n.txt', { overwrite: 'F' }));
    await office.dav('MOVE', '/D/m.txt', 204, to('n.txt'));
    await office.dav('MOVE', '/D/n.txt', 502, { headers: { destination: 'https://elsewhere.test/n.txt' } });
    assert.equal(await text(cloud, '/me/drive/root:/D/n.txt:/content'), 'm');
  },
  async 'a name and a password are enough for a file manager'(cloud) {
    const office = await Office.of(cloud);
    await office.dav('PUT', '/D/basic.txt', 201, { body: 'b', headers: office.basic });
    const stranger = { authorization: `Basic ${Buffer.from('nobody@contoso.test:x').toString('base64')}` };
    await office.dav('PUT', '/D/basic.txt', 401, { body: 'b', headers: stranger });
    const none = await cloud.request('PUT', `${home}/Documents/D/basic.txt`, { body: 'b' });
    assert.equal(none.status, 401);
  },
  async 'pages and downloads by id and by path'(cloud) {
    const office = await Office.of(cloud);
    const item = await file(cloud, 'D/page.txt', 'page');
    const guid = /\{(.*)\}/.exec(item.eTag)[1];
    const page = `${home}/_layouts/15/download.aspx`;
    assert.equal((await office.ask('GET', `${page}?UniqueId=${guid.toLowerCase()}`)).bytes.toString(), 'page');
    assert.equal((await office.ask('GET', `${page}?SourceUrl=${encodeURIComponent(`${home}/Documents/D/page.txt`)}`)).bytes.toString(), 'page');
    assert.equal((await cloud.request('GET', `${page}?UniqueId=${guid}`)).status, 401);
    assert.match((await office.dav('GET', '/D', 200)).headers['content-type'], /^text\/html/);
    const shared = `u!${Buffer.from(`${home}/Documents/D/page.txt`).toString('base64url')}`;
    assert.equal((await office.ask('GET', `${home}/_api/v2.0/shares/${shared}/driveItem`)).json.id, item.id);
  },
  async 'a late answer comes, and a WebSocket says what it was told'(cloud) {
    const office = await Office.of(cloud);
    assert.equal((await office.ask('GET', `https://${host}/_layouts/15/push.aspx?wait=20`)).json.waited, 20);
    assert.deepEqual(await echoed(cloud, office, Buffer.from('hello')), Buffer.from('hello'));
    await office.ask('GET', `https://${host}/_layouts/15/push.aspx`, { status: 400, headers: { upgrade: 'websocket' } });
  },
});

function echoed(cloud, office, message) {
  const { address, port } = cloud.address(host);
  const key = crypto.randomBytes(16).toString('base64');
  return new Promise((resolve, reject) => {
    const request = https.request({ host: address, port, servername: host, ca: cloud.ca, agent: false, path: '/_layouts/15/push.aspx',
      headers: { host, authorization: `Bearer ${office.token}`, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13',
        'sec-websocket-key': key } });
    request.on('error', reject);
    request.on('response', (reply) => reject(new Error(`no upgrade: ${reply.statusCode}`)));
    request.on('upgrade', (reply, socket) => {
      const wanted = crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      assert.equal(reply.headers['sec-websocket-accept'], wanted);
      let seen = Buffer.alloc(0);
      socket.on('data', (data) => {
        seen = Buffer.concat([seen, data]);
        if (seen.length < 2 + message.length) return;
        socket.destroy();
        resolve(seen.subarray(2));
      });
      const mask = Buffer.from([1, 2, 3, 4]);
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | message.length]), mask, message.map((octet, i) => octet ^ mask[i % 4])]));
    });
    request.end();
  });
}
