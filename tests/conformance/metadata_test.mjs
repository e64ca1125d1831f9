// What answers say about files: node metadata_test.mjs BIN_DIR [NUMBER...]
import assert from 'node:assert/strict';

import { noise } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { Conformance, expectRefusal, kUpstreamTraces, sealedSize } from './conformance.mjs';

const room = await Conformance.open();
const { office, shows } = room;
const kFolder = '/me/drive/root:/Salassa';
const bytes = noise(20_000, 'described');
const item = await room.put('described.docx', bytes);
const drive = item.parentReference.driveId;
const get = async (target, options) => {
  const reply = await office.graph('GET', target, options);
  assert.equal(reply.status, 200, `${target}: ${reply.status} ${reply.bytes}`);
  return reply.json;
};
const about = `${kFolder}/described.docx`;
const own = (url) => url.startsWith(`https://localhost:${office.port}/`);

function expectDescribes(one, content) {
  assert.equal(one.size, content.length, one.name);
  assert.equal(one.file.hashes.quickXorHash, quickXor(content), one.name);
  assert.ok(own(one['@microsoft.graph.downloadUrl']));
}

shows(85, '$select=size alone is still the plain size, and $select=id gains none', async () => {
  for (const target of [about, `/me/drive/items/${item.id}`, `/drives/${drive}/items/${item.id}`]) {
    const { '@odata.context': aside, ...narrow } = await get(`${target}?$select=size`);
    assert.deepEqual(narrow, { size: bytes.length });
    const { '@odata.context': asideToo, ...id } = await get(`${target}?$select=id`);
    assert.deepEqual(id, { id: item.id });
  }
  const listed = (await get(`${kFolder}:/children?$select=name,size`)).value.find(({ name }) => name === item.name);
  assert.deepEqual(listed, { name: item.name, size: bytes.length });
});

shows(86, 'the download URL and the file facet are ours in every spelling of $select', async () => {
  for (const option of ['$select', 'select', '%24select']) {
    for (const value of ['file', 'file,size', '@microsoft.graph.downloadUrl', 'id,@microsoft.graph.downloadUrl,size', 'id,content.downloadUrl']) {
      const one = await get(`${about}?${option}=${value}`);
      const text = JSON.stringify(one);
      assert.doesNotMatch(text, kUpstreamTraces);
      if (one.size !== undefined) assert.equal(one.size, bytes.length);
      if (one.file?.hashes) assert.equal(one.file.hashes.quickXorHash, quickXor(bytes));
      for (const key of ['@microsoft.graph.downloadUrl', '@content.downloadUrl']) assert.ok(one[key] === undefined || own(one[key]));
      assert.ok(!text.includes(String(sealedSize(bytes.length))));
    }
  }
  for (const twice of ['$select=id&$select=size', '$select=id&select=size']) {
    expectRefusal(await office.graph('GET', `${about}?${twice}`), 400, 'invalidRequest');
  }
});

shows(87, 'links to the next page and to changes lead here, and are followed upstream byte for byte', async () => {
  const folder = await office.folder('Sivut', `${kFolder}:`);
  for (let i = 0; i < 7; i += 1) {
    const sent = await office.graph('PUT', `/me/drive/root:/Salassa/Sivut/f%20${i}.bin:/content`, { body: noise(1000 + i, `page ${i}`) });
    assert.equal(sent.status, 201);
  }
  for (const start of [`/me/drive/items/${folder.id}/children?$top=2`, '/me/drive/root/delta?$top=3']) {
    const seen = new Map();
    const issued = [];
    const log = await room.upstreamDuring(async () => {
      for (let url = start; url;) {
        const page = await get(url);
        for (const one of page.value) seen.set(one.id, one);
        for (const key of ['@odata.nextLink', '@odata.deltaLink']) if (page[key]) issued.push(page[key]);
        assert.ok(issued.every(own), `${issued}`);
        url = page['@odata.nextLink'];
      }
    });
    const inside = [...seen.values()].filter((one) => one.file && one.parentReference.id === folder.id);
    assert.equal(inside.length, 7);
    for (const one of inside) assert.equal(one.size, 1000 + Number(/\d/.exec(one.name)[0]));
    const asked = log.map(({ target }) => target);
    for (const link of issued.slice(0, -1)) {
      const tail = link.slice(link.indexOf('/v1.0/'));
      assert.ok(asked.some((target) => target === tail || target.includes(/(skiptoken|token)=[^&]*/i.exec(tail)[0])), tail);
    }
  }
});

shows(87, '@odata.context of an answer from Graph leads here', async () => {
  for (const target of [about, `${kFolder}:/children`, '/me/drive']) assert.ok(own((await get(target))['@odata.context']), target);
});

shows(87, '@odata.context of the final answer to a session leads here', async () => {
  const made = await office.graph('POST', `${kFolder}/context.bin:/createUploadSession`, { body: {} });
  const final = await office.graph('PUT', made.json.uploadUrl, { body: noise(3000, 'context'), headers: { 'content-range': 'bytes 0-2999/3000' } });
  assert.equal(final.status, 201);
  assert.ok(own(final.json['@odata.context']), final.json['@odata.context']);
});

shows(88, 'a token taken out of a link to changes is good alone, and shows what changed since', async () => {
  const link = (await get('/me/drive/root/delta'))['@odata.deltaLink'];
  const token = /token=([^&']+)|token='([^']+)'/.exec(link).slice(1).find(Boolean);
  const fresh = noise(3333, 'changed since');
  await room.put('since.bin', fresh);
  for (const target of [`/me/drive/root/delta?token=${token}`, `/me/drive/root/delta(token='${token}')`, link]) {
    const changed = (await get(target)).value.find(({ name }) => name === 'since.bin');
    assert.equal(changed.size, fresh.length, target);
  }
  const latest = await get('/me/drive/root/delta?token=latest');
  assert.deepEqual(latest.value, []);
  assert.ok(own(latest['@odata.deltaLink']));
});

shows(89, 'a list of changes that must begin anew is 410, with an address of ours to begin at', async () => {
  await room.on('delta.410', true, { path_regex: 'delta', times: 1 });
  const link = (await office.graph('GET', '/me/drive/root/delta?token=aged')).headers.location;
  assert.ok(own(link), link);
  assert.equal((await office.graph('GET', link)).status, 200);
});

shows(90, 'a folder of all kinds of items shows each as it is', async () => {
  await office.folder('Seka', `${kFolder}:`);
  const inside = (name) => `${kFolder}/Seka/${name}`;
  const sealed = noise(7000, 'mixed sealed');
  await office.graph('PUT', `${inside('sealed.bin')}:/content`, { body: sealed });
  await office.graph('PUT', `${inside('empty.bin')}:/content`, { body: Buffer.alloc(0) });
  await office.folder('Alikansio', `${inside('')}`.replace(/\/$/, ':'));
  const plain = noise(6000, 'mixed plain');
  await room.control('POST', '/items', { drive, path: '/Salassa/Seka/plain.bin', bytes: plain.toString('base64') });
  const by = Object.fromEntries((await get(`${kFolder}/Seka:/children`)).value.map((one) => [one.name, one]));
  expectDescribes(by['sealed.bin'], sealed);
  expectDescribes(by['plain.bin'], plain);
  assert.equal(by['empty.bin'].size, 0);
  assert.equal(by['Alikansio'].folder.childCount, 0);
  assert.equal(by['Alikansio'].file, undefined);
  await room.on('item.sparse', true, {});
  for (const one of (await get(`${kFolder}/Seka:/children`)).value) {
    assert.ok([0, 6000, 7000, undefined, sealedSize(6000), sealed.length].includes(one.size), `${one.name}: ${one.size}`);
    assert.notEqual(one.size, sealedSize(7000), 'a sealed size was shown');
  }
});

shows(91, 'items inside items are rewritten too', async () => {
  const folder = await get(`${kFolder}?$expand=children`);
  if (folder.children) expectDescribes(folder.children.find(({ name }) => name === item.name), bytes);
  assert.doesNotMatch(JSON.stringify(folder), kUpstreamTraces);
});

shows(92, 'what searching a drive or a folder finds is described as the user knows it', async () => {
  for (const target of ["/me/drive/root/search(q='described')", "/me/drive/search(q='described')"]) {
    const found = (await get(target)).value.find(({ id }) => id === item.id);
    assert.equal(found.size, bytes.length);
    assert.doesNotMatch(JSON.stringify(found), kUpstreamTraces);
  }
});

shows(95, 'a protected item too small to be sealed is shown as it is, with no size below nothing', async () => {
  await room.control('POST', '/items', { drive, path: '/Salassa/tiny.bin', bytes: noise(100, 'tiny').toString('base64') });
  const tiny = await room.item('tiny.bin');
  assert.equal(tiny.size, 100);
});

shows(96, 'sizes that the cloud writes as strings are the plain ones, as strings', async () => {
  await room.on('size.string', true, {});
  const one = await get(about);
  assert.equal(one.size, String(bytes.length));
});

shows(97, 'a file that is renamed to another type keeps its content and its record', async () => {
  const made = await room.put('before.docx', noise(5000, 'renamed'));
  const renamed = await office.graph('PATCH', `/me/drive/items/${made.id}`, { body: { name: 'after.txt' }, headers: { 'if-match': made.eTag } });
  assert.equal(renamed.status, 200, `${renamed.bytes}`);
  assert.equal(renamed.json.size, 5000);
  assert.equal(renamed.json.name, 'after.txt');
  expectDescribes(await room.item('after.txt'), noise(5000, 'renamed'));
  await room.expectStored('after.txt', noise(5000, 'renamed'));
  const stale = await office.graph('PATCH', `/me/drive/items/${made.id}`, { body: { name: 'third.txt' }, headers: { 'if-match': made.eTag } });
  expectRefusal(stale, 412, 'resourceModified');
});

shows(99, 'JSON that is broken, repeats its keys or is no UTF-8 is refused before it is sent on', async () => {
  const session = `${kFolder}/json.bin:/createUploadSession`;
  const broken = ['{', '[]', '"x"', '{"item":{"fileSize":1,"fileSize":2}}', '{"item":{},"item":{}}', '{"item":{"name":"\\ud800"',
    `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`];
  const octets = [Buffer.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), Buffer.from('{"item":{"name":"\xc3\x28"}}', 'latin1')];
  const log = await room.upstreamDuring(async () => {
    for (const body of [...broken.map((text) => Buffer.from(text)), ...octets]) {
      const reply = await office.graph('POST', session, { body, headers: { 'content-type': 'application/json' } });
      expectRefusal(reply, 400, 'invalidRequest');
    }
  });
  assert.deepEqual(log, []);
});

shows(99, 'JSON of many megabytes is refused in a request', async () => {
  const body = Buffer.concat([Buffer.from('{"item":{"name":"'), Buffer.alloc(9 << 20, 'x'), Buffer.from('"}}')]);
  const reply = await office.graph('POST', `${kFolder}/huge.bin:/createUploadSession`, { body, headers: { 'content-type': 'application/json' } })
    .catch((error) => ({ status: 413, json: { error: { code: error.code } } }));  // closed while we were still sending
  assert.equal(reply.status, 413);
});

shows(100, 'of hashes only the plain QuickXorHash is left', async () => {
  await room.on('hash.sha1', true, {});
  const one = await get(about);
  assert.deepEqual(one.file.hashes, { quickXorHash: quickXor(bytes) });
  const listed = (await get(`${kFolder}:/children`)).value.find(({ name }) => name === item.name);
  assert.deepEqual(listed.file.hashes, { quickXorHash: quickXor(bytes) });
});

await room.play();
