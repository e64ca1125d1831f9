// How items may be named, and what must not get around: node addressing_test.mjs BIN_DIR [NUMBER...]
import assert from 'node:assert/strict';

import { noise } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { Conformance, expectRefusal, kUpstreamTraces, sealedSize } from './conformance.mjs';

const room = await Conformance.open({ protect: ['/Salassa/**', '/Apps/**'] });
const { office, shows } = room;
const bytes = noise(5000, 'addressed');
const item = await room.put('a b.txt', bytes);
const drive = item.parentReference.driveId;
const kCanary = noise(48, 'bypass');
office.secret(kCanary);

const get = (target, options) => office.graph('GET', target, options);
// The same octets on the wire as written here: no library may tidy them.
const rawGet = (target) => room.raw(`${room.head('GET', target, ['Connection: close'])}`, { until: /never/ });
const rawPut = (target, fields = []) => room.raw(
  Buffer.concat([Buffer.from(room.head('PUT', target, [`Content-Length: ${kCanary.length}`, 'Connection: close', ...fields])), kCanary]), { until: /never/ });
const named = (name) => `/v1.0/me/drive/root:/Salassa/${name}`;
const uploads = (log) => log.filter(({ method }) => method === 'PUT' || method === 'POST');

const kNames = ['hash %23 percent %25 plus %2B.txt', 'double %252F.txt', "it's; a,b=c@d$e!f(g).txt", '&amp;.txt', '%F0%9F%94%90.txt',
  'e%CC%81 apart.txt', '%C3%A9 composed.txt', '%E2%80%AEtxt.exe', `${'x'.repeat(200)}.txt`].map((name) => name.replaceAll(' ', '%20'));
for (const name of kNames) {
  room.shows(101, `the octets of ${name.length > 60 ? 'a name of 200 letters' : name} arrive upstream as they were sent`, async () => {
    const content = noise(1234, name);
    office.secret(content);
    const log = await room.upstreamDuring(async () => {
      const sent = await room.raw(Buffer.concat([Buffer.from(room.head('PUT', `${named(name)}:/content`,
        [`Content-Length: ${content.length}`, 'Connection: close'])), content]), { until: /never/ });
      assert.ok([200, 201].includes(sent.status), sent.text);
    });
    const puts = uploads(log).filter(({ method }) => method === 'PUT');
    assert.deepEqual(puts.map(({ target }) => target), [`${named(name)}:/content`]);
    const back = await room.raw(room.head('GET', `${named(name)}:/content`, ['Connection: close']), { until: /never/ });
    assert.ok(Buffer.from(back.text, 'latin1').includes(content));
  });
}

shows(102, 'the colon forms are one item, encoded or not', async () => {
  for (const form of ['root:/Salassa/a%20b.txt:/content', 'root:/Salassa/a%20b.txt:/content?x=1', 'root%3A%2FSalassa%2Fa%20b.txt%3A/content',
    'items/root%3A%2FSalassa%2Fa%20b.txt%3A/content', 'items/root:%2fSalassa%2fa%20b.txt:/content', 'root:/Salassa/a%20b.txt%3a/content',
    'root:%2FSalassa%2Fa%20b.txt:/content']) {
    const reply = await get(`/me/drive/${form}`);
    assert.ok([200, 400, 404].includes(reply.status), `${form}: ${reply.status}`);
    if (reply.status === 200) assert.ok(reply.bytes.equals(bytes), form);
  }
  for (const form of ['root:/Salassa/a%20b.txt', 'root:/Salassa/a%20b.txt:', 'root:/Salassa/a%20b.txt:/', 'root:/Salassa/a%20b.txt:?select=size']) {
    const reply = await get(`/me/drive/${form}`);
    assert.equal(reply.status, 200, `${form}: ${reply.bytes}`);
    assert.equal(reply.json.size, bytes.length);
  }
});

shows(102, 'an upload by an encoded form is sealed or refused, never passed', async () => {
  for (const form of ['root%3A%2FSalassa%2Fenc.bin%3A/content', 'items/root:%2fSalassa%2fenc.bin:/content', 'items/root%3A%2FSalassa%2Fenc.bin%3A/content',
    'root:/Salassa/enc.bin%3a/content', 'root:/%53alassa/enc.bin:/content', 'root:/SALASSA%2Fenc.bin:/content']) {
    const reply = await rawPut(`/v1.0/me/drive/${form}`);
    assert.ok(reply.status < 500, `${form}: ${reply.text}`);
    const stored = await office.stored('enc.bin');
    if (reply.status < 300) assert.equal(stored.size, sealedSize(kCanary.length), form);
  }
});

const kAmbiguous = ['root:/Salassa/../x:/content', 'root:/Salassa/%2e%2e/x:/content', 'root:/Salassa/%2E%2e/x:/content', 'root:/Salassa/%252e%252e/x:/content',
  'root:/Salassa/./x:/content', 'root:/Salassa//x:/content', 'root://Salassa/x:/content', 'root:/Salassa%5cx:/content', 'root:/Salassa\\x:/content',
  'root:/Salassa/x%00:/content', 'root:/Salassa/x%0d%0aHost:/content', 'root:/Salassa/x%:/content', 'root:/Salassa/x%4:/content', 'root:/Salassa/x%zz:/content',
  'root:/Salassa/%u0041:/content', 'root:/Salassa/%C0%AF:/content', 'root:/Salassa/%ED%A0%80:/content', 'root:/Salassa/%FF:/content', 'root:/Salassa./x:/content',
  'root:/Salassa%20/x:/content', 'root:/a:b:/content', 'root:/Salassa/x:/content:/content'];
shows(103, 'a path that can be read in two ways is refused, and nothing is sent', async () => {
  const log = await room.upstreamDuring(async () => {
    for (const form of kAmbiguous) {
      for (const reply of [await rawGet(`/v1.0/me/drive/${form}`), await rawPut(`/v1.0/me/drive/${form}`)]) {
        assert.ok([400, 403, 404].includes(reply.status), `${form}: ${reply.text}`);
      }
    }
  });
  assert.deepEqual(log, []);
});

shows(104, 'route words in other letters are not guessed at, and ids in other letters are other ids', async () => {
  for (const form of [`/me/DRIVE/items/${item.id}/content`, `/me/drive/items/${item.id}/CONTENT`, `/me/drive/Items/${item.id}/content`]) {
    const log = await room.upstreamDuring(async () => {
      assert.ok([400, 403, 404].includes((await get(form)).status), form);
      assert.ok([400, 403, 404].includes((await office.graph('PUT', form, { body: kCanary })).status), form);
    });
    assert.deepEqual(uploads(log), []);
  }
  assert.equal((await get(`/me/drive/items/${item.id.toLowerCase()}/content`)).status, 404);
});

shows(105, 'a tunnelled verb is the verb, and two of them are refused', async () => {
  const target = '/me/drive/root:/Salassa/tunnel.bin:/content';
  for (const field of ['X-HTTP-Method-Override', 'x-http-method-override', 'X-HTTP-Method']) {
    const reply = await office.graph('POST', target, { body: kCanary, headers: { [field]: 'PUT' } });
    if (reply.status < 300) assert.equal((await office.stored('tunnel.bin')).size, sealedSize(kCanary.length));
    else expectRefusal(reply, [400, 403]);
  }
  const log = await room.upstreamDuring(async () => {
    expectRefusal(await office.graph('POST', target, { body: kCanary, headers: { 'X-HTTP-Method-Override': 'PUT', 'X-HTTP-Method': 'DELETE' } }), 400);
    expectRefusal(await office.graph('POST', target, { body: kCanary, headers: { 'X-HTTP-Method-Override': ['PUT', 'PUT'] } }), 400);
    expectRefusal(await office.graph('GET', target, { headers: { 'X-HTTP-Method-Override': 'PUT' } }), 400);
  });
  assert.deepEqual(log, []);
});

shows(106, "a name in children('..') and behind an alias is found, quotes doubled", async () => {
  const target = "/me/drive/root:/Salassa:/children('it''s.bin')/content";
  const aliased = "/me/drive/root:/Salassa:/children('@a1')/content?@a1='it''s.bin'";
  for (const form of [target, aliased]) {
    const reply = await office.graph('PUT', form, { body: kCanary });
    if (reply.status < 300) assert.equal((await office.stored("it's.bin")).size, sealedSize(kCanary.length), form);
    else assert.ok([400, 403, 404].includes(reply.status), `${form}: ${reply.status}`);
  }
  const forged = "/me/drive/root:/Salassa:/children('@a1')/content?@a1='x.bin'&@a1='y.bin'";
  expectRefusal(await office.graph('PUT', forged, { body: kCanary }), 400);
});

shows(107, 'a sharing link opens nothing for a caller that no bearer proves', async () => {
  const url = Buffer.from('https://contoso-my.sharepoint.com/:w:/g/personal/aino/Eabc').toString('base64url');
  for (const form of [`/shares/u!${url}/driveItem/content`, `/shares/u!${url}/root:/x:/content`, `/shares/u!${url}/root/content`]) {
    const reply = await get(form, { token: null });
    assert.ok(reply.status >= 400, `${form}: ${reply.status}`);
  }
  const page = await room.raw(room.head('GET', '/:w:/s/site/Exxx?download=1', ['Connection: close']), { until: /never/ });
  assert.ok(page.status >= 400, page.text);
});

shows(107, 'a sharing link opens a sealed file for a caller whose token opens the file, and for nobody else', async () => {
  const link = (await office.graph('POST', `/me/drive/items/${item.id}/createLink`, { body: { type: 'view', scope: 'anonymous' } })).json.link;
  const token = `u!${Buffer.from(link.webUrl).toString('base64url')}`;
  assert.equal((await get(`/shares/${token}/driveItem`)).json.size, bytes.length);
  for (const form of [`/shares/${token}/driveItem/content`, `/shares/${token}/root/content`]) {
    const whole = await get(form);
    assert.equal(whole.status, 200, `${form}: ${whole.bytes}`);
    assert.ok(whole.bytes.equals(bytes), form);
    const part = await get(form, { headers: { range: 'bytes=100-199' } });
    assert.equal(part.status, 206);
    assert.ok(part.bytes.equals(bytes.subarray(100, 200)), form);
    for (const other of [null, `${office.token.slice(0, -8)}AAAAAAAA`, 'forged']) {
      const reply = await get(form, { token: other });
      assert.equal(reply.status, 401, `${form}: ${reply.bytes}`);
      assert.ok(!reply.bytes.includes(bytes.subarray(0, 32)));
    }
  }
  const batched = await office.graph('POST', '/$batch', { body: { requests: [{ id: '1', method: 'GET', url: `/shares/${token}/driveItem/content` }] } });
  const moved = batched.json.responses[0];
  assert.equal(moved.status, 302, JSON.stringify(moved));
  assert.ok((await get(moved.headers.Location)).bytes.equals(bytes));
});

shows(108, 'special folders are addressed as folders, and what lies in them is decided by its place', async () => {
  const below = async (place, content) => {
    const target = `/me/drive/special/${place}:/x.bin:/content`;
    const made = await office.graph('PUT', target, { body: content });
    assert.equal(made.status, 201, `${made.bytes}`);
    assert.equal(made.json.size, content.length);
    assert.ok((await get(target)).bytes.equals(content));
    office.cloud.token = office.token;
    return (await office.cloud.graph('GET', `/me/drive/items/${made.json.id}`)).json.size;
  };
  assert.equal(await below('approot', kCanary), sealedSize(kCanary.length));
  const open = noise(50, 'open');
  assert.equal(await below('music', open), open.length);
});

shows(109, 'the doors of SharePoint REST, CSOM and attachments are closed, and nothing passes them', async () => {
  const web = '/sites/x/_api/web';
  const log = await room.upstreamDuring(async () => {
    for (const [method, target] of [
      ['POST', `${web}/GetFolderByServerRelativeUrl('/sites/x/Docs')/Files/add(url='a.txt',overwrite=true)`],
      ['PUT', `${web}/GetFileByServerRelativeUrl('/sites/x/Docs/a.txt')/$value`], ['POST', `${web}/GetFileById('1')/StartUpload(uploadId=guid'1')`],
      ['POST', '/_vti_bin/client.svc/ProcessQuery'], ['POST', '/sites/x/_vti_bin/client.svc/web/lists'], ['POST', '/_api/$batch'],
      ['POST', `${web}/lists('1')/items(1)/AttachmentFiles/add(FileName='a.txt')`], ['POST', '/sites/x/_api/SP.MoveCopyUtil.CopyFileByPath']]) {
      const reply = await room.raw(Buffer.concat([Buffer.from(room.head(method, target, [`Content-Length: ${kCanary.length}`, 'Connection: close'])), kCanary]), { until: /never/ });
      assert.ok([400, 403, 404].includes(reply.status), `${target}: ${reply.text}`);
    }
  });
  assert.deepEqual(log, []);
});

shows(110, 'WebDAV, the Office protocols and the pages that hand out files are closed', async () => {
  const log = await room.upstreamDuring(async () => {
    for (const [method, target] of [['PROPFIND', '/personal/aino/Documents/'], ['MOVE', '/personal/aino/Documents/a.txt'], ['COPY', '/personal/aino/Documents/a.txt'],
      ['LOCK', '/personal/aino/Documents/a.txt'], ['PUT', '/personal/aino/Documents/a.txt'], ['POST', '/_vti_bin/cellstorage.svc/CellStorageService'],
      ['POST', '/personal/aino/_vti_bin/cellstorage.svc'], ['POST', '/_api/SPFileSync/sync/1/RootFolder'], ['POST', '/_vti_bin/_vti_aut/author.dll'],
      ['GET', '/_layouts/15/download.aspx?UniqueId=1'], ['GET', '/_layouts/15/download.aspx?SourceUrl=/a'], ['POST', '/transform/zip'],
      ['GET', `/v1.0/me/drive/items/${item.id}/opStream/snapshots/snapshot`]]) {
      const body = method === 'GET' ? Buffer.alloc(0) : kCanary;
      const reply = await room.raw(Buffer.concat([Buffer.from(room.head(method, target, [`Content-Length: ${body.length}`, 'Connection: close'])), body]), { until: /never/ });
      assert.ok(reply.status >= 400 && reply.status < 500, `${method} ${target}: ${reply.text}`);
    }
  });
  assert.deepEqual(uploads(log), []);
});

shows(111, 'a whole URL behind the version is answered, not sent on, and not written to the log', async () => {
  const log = await room.upstreamDuring(async () => {
    const target = "/v1.0https://contoso.sharepoint.com/_api/v2.0/uploadSession?guid='1'&tempauth=verysecret";
    const reply = await room.raw(room.head('DELETE', target, ['Connection: close']), { until: /never/ });
    assert.ok(reply.status >= 400 && reply.status < 500, reply.text);
  });
  assert.deepEqual(log, []);
  assert.ok(!office.gatewayLog().includes('verysecret'));
});

shows(111, 'a request whose own address names another host is refused, not sent to Graph', async () => {
  const log = await room.upstreamDuring(async () => {
    for (const host of ['contoso.sharepoint.com.evil.test', 'graph.microsoft.com.evil.test', 'evilsharepoint.com']) {
      const reply = await room.raw(room.head('GET', `https://${host}/v1.0/me/drive/root`, ['Connection: close']), { until: /never/ });
      assert.equal(reply.status, 421, reply.text);
    }
  });
  assert.deepEqual(log, []);
  const own = await room.raw(room.head('GET', `https://LOCALHOST:${office.port}/v1.0/me/drive/root`, ['Connection: close']), { until: /never/ });
  assert.equal(own.status, 200, own.text);
});

shows(112, 'content under /beta and its contentStream are opened as content under /v1.0 is', async () => {
  const beta = (target) => `https://localhost:${office.port}/beta${target}`;
  for (const relation of ['content', 'contentStream']) {
    const reply = await get(beta(`/me/drive/items/${item.id}/${relation}`));
    assert.equal(reply.status, 200, `${relation}: ${reply.bytes}`);
    assert.ok(reply.bytes.equals(bytes), relation);
  }
  assert.equal((await get(beta(`/me/drive/items/${item.id}`))).json.size, bytes.length);
  assert.equal((await get(`/me/drive/items/${item.id}/contentStream`)).status, 400);  // /v1.0 has none
  const made = await office.graph('PUT', beta('/me/drive/root:/Salassa/beta.bin:/content'), { body: kCanary });
  assert.equal(made.status, 201, `${made.bytes}`);
  await room.expectStored('beta.bin', kCanary);
});

shows(112, 'content is neither read nor written behind $value, nor written to its stream', async () => {
  const beta = (target) => `https://localhost:${office.port}/beta${target}`;
  const log = await room.upstreamDuring(async () => {
    for (const method of ['GET', 'PUT']) {
      const body = method === 'GET' ? {} : { body: kCanary };
      expectRefusal(await office.graph(method, `/me/drive/items/${item.id}/content/$value`, body), 406, 'notSupported');
      expectRefusal(await office.graph(method, `/me/drive/items/${item.id}/$value`, body), 403, 'accessDenied');
    }
    expectRefusal(await office.graph('PUT', beta(`/me/drive/items/${item.id}/contentStream`), { body: kCanary }), 403, 'accessDenied');
  });
  assert.ok(log.every(({ method, target }) => method === 'GET' && !target.includes('$value')), JSON.stringify(log));
  assert.ok((await get(`/me/drive/items/${item.id}/content`)).bytes.equals(bytes));
});

shows(113, 'mail, notes, chats and print carry files that are not sealed here: refused, with a reason', async () => {
  const log = await room.upstreamDuring(async () => {
    for (const [method, target] of [['POST', '/me/messages/1/attachments/createUploadSession'], ['GET', '/me/messages/1/attachments/2/$value'],
      ['POST', '/me/onenote/pages'], ['GET', '/me/onenote/resources/1/content'], ['GET', '/chats/1/messages/2/hostedContents/3/$value'],
      ['POST', '/print/shares/1/jobs/2/documents/3/createUploadSession'], ['PUT', '/me/photo/$value'],
      ['POST', '/storage/fileStorage/containers/1/provisionMigrationContainers']]) {
      expectRefusal(await office.graph(method, target, method === 'GET' ? {} : { body: kCanary }), 403, 'accessDenied');
    }
  });
  assert.deepEqual(log, []);
  assert.ok(/unknown-route/.test(office.gatewayLog()));
});

shows(114, 'a drive that is not the caller\'s is what the cloud says of it, and a path in it is protected alike', async () => {
  const foreign = 'b!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  for (const target of [`/drives/${foreign}/root:/Salassa/x.bin:/content`, `/drives/${foreign}/items/01AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/content`]) {
    expectRefusal(await office.graph('PUT', target, { body: kCanary }), [403, 404]);
    expectRefusal(await get(target), [403, 404]);
  }
});

shows(114, 'the shared library of the company is under the same rules', async () => {
  const library = (await get('/sites/root/drive')).json;
  assert.notEqual(library.id, drive);
  await office.graph('POST', `/drives/${library.id}/root/children`, { body: { name: 'Salassa', folder: {} } });
  const shared = noise(4000, 'library');
  const reply = await office.graph('PUT', `/drives/${library.id}/root:/Salassa/shared.bin:/content`, { body: shared });
  assert.equal(reply.status, 201, `${reply.bytes}`);
  assert.equal(reply.json.file.hashes.quickXorHash, quickXor(shared));
  assert.equal((await office.stored('shared.bin')).size, sealedSize(shared.length));
  const ville = await office.cloud.login('ville@contoso.test');
  const back = await get(`/drives/${library.id}/items/${reply.json.id}/content`, { token: ville });
  assert.ok(back.bytes.equals(shared));
});

shows(101, 'no answer about an item names upstream\'s own addresses', async () => {
  const reply = await get(`/me/drive/items/${item.id}`);
  assert.doesNotMatch(reply.bytes.toString(), kUpstreamTraces);
});

await room.play();
