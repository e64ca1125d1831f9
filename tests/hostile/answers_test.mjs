// Answers of Graph in every shape in which driveItems hide: what the client reads must name plain
// sizes, or none, and never lead around the gateway.
//
//   node tests/hostile/answers_test.mjs BIN_DIR [MIB]
// MIB bounds what the gateway may ever hold while a listing of 100,000 items goes through it.
import assert from 'node:assert';
import fs from 'node:fs';

import { Interposer } from '../support/interposer.mjs';
import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const bin = process.argv[2];
const kListingMib = Number(process.argv[3] ?? 128);
const cases = new Cases();
const wire = new Interposer();
const office = await Office.open({ bin, between: (cloud) => wire.before(cloud) });

// Answers the next request whose target begins so, and gives the client's view of it.
async function told(method, target, answer, options = {}) {
  wire.seen.length = 0;
  wire.answer = (request) => (request.target.startsWith(`/v1.0${options.at ?? target.split('?')[0]}`) ? answer(request) : undefined);
  const seen = await office.graph(method, target, options);
  wire.answer = () => undefined;
  return seen;
}
const json = (body, more = {}) => () => ({ body, ...more });
const sentTarget = () => wire.seen.at(-1).target;

try {
  await office.login();
  await office.folder('Salassa');
  await office.folder('Avoin');
  assert.equal((await office.put('/Salassa/a.docx', noise(40000))).status, 201);
  assert.equal((await office.put('/Avoin/b.docx', noise(3000, 2))).status, 201);
  // As the cloud itself tells them.
  office.cloud.token = office.token;
  const cloudSays = async (at) => (await office.cloud.graph('GET', `/me/drive/root:${at}`)).json;
  const sealed = await cloudSays('/Salassa/a.docx');
  const ordinary = await cloudSays('/Avoin/b.docx');
  const { size: stored } = sealed;
  assert.notEqual(stored, 40000);
  const few = { id: sealed.id, size: stored, parentReference: { driveId: sealed.parentReference.driveId }, cTag: sealed.cTag };
  const hidden = (answer) => assert.ok(!answer.bytes.includes(String(stored)), `a sealed size is shown: ${answer.bytes}`);

  await cases.check('90: a folder of all kinds, each told right', async () => {
    const answer = await told('GET', '/me/drive/root/children', json({ '@odata.context': "https://graph.microsoft.com/v1.0/$metadata#drives('b%21x')/items", value: [sealed, ordinary,
      { id: '1', folder: { childCount: 1 }, size: 77, name: 'f' }, { id: '2', package: { type: 'oneNote' }, size: 78 },
      { id: '3', name: 'empty', size: 0, file: {} }, { ...sealed, file: {} },
      { id: '5', name: 's', remoteItem: few, size: 0 }, { ...few, '@microsoft.graph.downloadUrl': 'https://tenant.test/x' }] }));
    const sizes = answer.json.value.map((item) => item.size);
    assert.equal(answer.json['@odata.context'], `${office.base}/$metadata#drives('b%21x')/items`);
    assert.deepEqual(sizes, [40000, 3000, 77, 78, 0, 40000, 0, 40000]);
    assert.equal(answer.json.value[6].remoteItem.size, 40000);
    assert.match(answer.json.value[7]['@microsoft.graph.downloadUrl'], /^https:\/\/localhost:\d+\/kerros\/download\//);
    hidden(answer);
  });

  await cases.check('what the cloud reads from sealed bytes is not shown, and the media type is told by the name', async () => {
    const file = { mimeType: 'application/octet-stream', processingMetadata: true, hashes: { ...sealed.file.hashes, sha1Hash: 'y' } };
    const answer = await told('GET', '/me/drive/root/children', json({ value: [{ ...sealed, file, video: {}, photo: {} }, { ...ordinary, file }] }));
    const [ours, other] = answer.json.value;
    assert.equal(ours.file.mimeType, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document');
    assert.equal(ours.file.processingMetadata, true);
    assert.deepEqual(Object.keys(ours.file.hashes), ['quickXorHash']);
    assert.deepEqual([ours.video, ours.photo], [undefined, undefined]);
    assert.deepEqual(other.file, file);
  });

  await cases.check('94: sizes of 0 stay 0, and a shortcut tells about what it leads to', async () => {
    const answer = await told('GET', '/me/drive/sharedWithMe', json({ value: [
      { id: 'x', name: 'a.docx', size: 0, remoteItem: { ...sealed, size: 0 } },
      { id: 'y', name: 'a.docx', size: stored, remoteItem: few },
      { id: 'z', size: stored, remoteItem: { id: sealed.id, size: stored } }] }));
    assert.deepEqual(answer.json.value.map((item) => [item.size, item.remoteItem.size]),
      [[0, 0], [40000, 40000], [undefined, undefined]]);
  });

  await cases.check('95: sizes no sealed file has, in a protected place: as stored, nothing invented', async () => {
    const strangers = [0, 1, 100, 511, 512, 527].map((size, n) => ({ id: `s${n}`, name: `${n}`, size, file: {},
      parentReference: sealed.parentReference }));
    const answer = await told('GET', '/me/drive/root/children', json({ value: strangers }));
    assert.deepEqual(answer.json.value.map((item) => item.size), [0, 1, 100, 511, 512, 527]);
  });

  await cases.check('91: nested $select is widened, and narrowed again', async () => {
    const answer = await told('GET', '/me/drive/root?$expand=children($select=size)',
      () => ({ body: { id: 'r', root: {}, folder: {}, children: [{ ...few, file: {} }], 'children@odata.nextLink':
        `https://graph.microsoft.com${wire.seen.at(-1).target}&$skiptoken=a%2B+%25'` } }));
    assert.match(sentTarget(), /children\(\$select=size,id,cTag,parentReference,file,remoteItem\)$/);
    assert.deepEqual(answer.json.children, [{ size: 40000 }]);
    assert.equal(answer.json['children@odata.nextLink'],
      `${office.base}/me/drive/root?$expand=children($select=size)&$skiptoken=a%2B+%25'`);
  });

  await cases.check('91: an item of which upstream tells the size alone shows none', async () => {
    const answer = await told('GET', '/me/drive/root?$expand=children($select=size)',
      json({ id: 'r', folder: {}, children: [{ size: stored }] }));
    assert.deepEqual(answer.json.children, [{}]);
  });

  await cases.check('91: versions, thumbnails and the list item of an item', async () => {
    const answer = await told('GET', '/me/drive/root/children?$expand=versions,thumbnails,listItem($expand=fields)',
      json({ value: [{ ...sealed, versions: [{ id: '1.0', size: stored }, { id: '0.1', size: 12 }, { id: '0.2', size: stored + 1 }],
        thumbnails: [{ id: '0', small: { url: 'https://tenant.test/t' } }], webDavUrl: 'https://contoso.sharepoint.com/x',
        image: { width: 3 }, listItem: { id: '7', fields: { FileSizeDisplay: String(stored), Title: 't' } } }] }));
    const [item] = answer.json.value;
    assert.deepEqual(item.versions.map((version) => version.size), [40000, 12, undefined]);
    assert.deepEqual(item.listItem.fields, { FileSizeDisplay: '40000', Title: 't' });
    for (const key of ['thumbnails', 'webDavUrl', 'image']) assert.equal(item[key], undefined, key);
    hidden(answer);
  });

  await cases.check('list items: the driveItem is asked for beside their fields, and not shown', async () => {
    const fields = { FileSizeDisplay: String(stored), File_x0020_Size: String(stored), FileLeafRef: 'a.docx' };
    const answer = await told('GET', '/sites/root/lists/l/items?$expand=fields&$top=2', () => ({ body: {
      value: [{ id: '1', fields, driveItem: few }, { id: '2', fields: { Title: 'no file' } }],
      '@odata.nextLink': `https://graph.microsoft.com${wire.seen.at(-1).target}&$skiptoken=2` } }));
    assert.match(sentTarget(), /\?\$expand=fields,driveItem\(\$select=id,cTag,parentReference,size,file\)&\$top=2$/);
    assert.deepEqual(answer.json.value[0], { id: '1', fields: { FileSizeDisplay: '40000', File_x0020_Size: '40000', FileLeafRef: 'a.docx' } });
    assert.equal(answer.json['@odata.nextLink'], `${office.base}/sites/root/lists/l/items?$expand=fields&$top=2&$skiptoken=2`);
    hidden(answer);
  });

  await cases.check('list items: where upstream takes no wider request, sizes are left out', async () => {
    const answer = await told('GET', '/sites/root/lists/l/items?$expand=fields', (request) => (request.target.includes('driveItem')
      ? { status: 400, body: { error: { code: 'invalidRequest', message: 'no' } } }
      : { body: { value: [{ id: '1', fields: { FileSizeDisplay: String(stored), Title: 't' } }] } }));
    assert.deepEqual(answer.json.value, [{ id: '1', fields: { Title: 't' } }]);
  });

  await cases.check('list items: the fields of one, told by its driveItem', async () => {
    const row = '/sites/root/lists/l/items/5';
    const fields = json({ FileSizeDisplay: String(stored), Title: 't' });
    const one = (item) => (request) => (request.target.includes('/driveItem?') ? item : fields());
    assert.deepEqual((await told('GET', `${row}/fields`, one({ body: sealed }), { at: row })).json, { FileSizeDisplay: '40000', Title: 't' });
    assert.deepEqual((await told('GET', `${row}/fields`, one({ body: ordinary }), { at: row })).json,
      { FileSizeDisplay: String(stored), Title: 't' });
    assert.deepEqual((await told('GET', `${row}/fields`, one({ status: 404, body: { error: {} } }), { at: row })).json,
      { FileSizeDisplay: String(stored), Title: 't' });
  });

  await cases.check('93: search results of items and of list items', async () => {
    const query = { requests: [{ entityTypes: ['driveItem', 'listItem'], query: { queryString: 'a' }, fields: ['size'],
      sortProperties: [{ name: 'size', isDescending: true }] }] };
    const answer = await told('POST', '/search/query', json({ value: [{ hitsContainers: [{ total: 3, hits: [
      { hitId: '1', rank: 1, summary: 'text of it', resource: { '@odata.type': '#microsoft.graph.driveItem', ...sealed,
        listItem: { fields: { size: stored } }, searchResult: { onClickTelemetryUrl: 'https://graph.microsoft.com/click' } } },
      { hitId: '2', rank: 2, summary: 'open text', resource: ordinary },
      { hitId: '3', rank: 3, summary: 's', resource: { '@odata.type': '#microsoft.graph.listItem', id: '9', fields: { size: stored, title: 't' } } },
    ] }] }] }), { body: query });
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(wire.seen.at(-1).body), query);
    const hits = answer.json.value[0].hitsContainers[0].hits;
    assert.deepEqual([hits[0].summary, hits[0].resource.size, hits[0].resource.listItem.fields.size], [undefined, 40000, 40000]);
    assert.match(hits[0].resource['@microsoft.graph.downloadUrl'], /\/kerros\/download\//);
    assert.equal(hits[0].resource.searchResult.onClickTelemetryUrl, `https://localhost:${office.port}/click`);
    assert.deepEqual([hits[1].summary, hits[1].resource.size], ['open text', 3000]);
    assert.deepEqual(hits[2].resource.fields, { title: 't' });
    hidden(answer);
  });

  await cases.check('89: 410 of a delta link keeps its code, and its Location comes here', async () => {
    const answer = await told('GET', "/me/drive/root/delta?$select=size&token=a%2B+'", (request) => ({ status: 410,
      headers: { location: `https://graph.microsoft.com${request.target.split('&')[0]}&token=b%2B` },
      body: { error: { code: 'resyncChangesApplyDifferences', message: 'm' } } }));
    assert.match(sentTarget(), /&token=a%2B\+'$/);
    assert.equal(answer.json.error.code, 'resyncChangesApplyDifferences');
    assert.equal(answer.headers.location, `${office.base}/me/drive/root/delta?$select=size&token=b%2B`);
  });

  await cases.check('87: following a rewritten link is the same octets upstream', async () => {
    const token = "%2B+%25'()*~$x%20y%E4%BD%A0";
    const page = json({ value: [few], '@odata.nextLink': `https://graph.microsoft.com/v1.0/me/drive/root/children?$skiptoken=${token}` });
    const first = await told('GET', '/me/drive/root/children', page);
    await told('GET', first.json['@odata.nextLink'], page, { at: '/me/drive/root/children' });
    assert.equal(sentTarget(), `/v1.0/me/drive/root/children?$skiptoken=${token}`);
  });

  await cases.check('88: the token of a delta link alone goes on where the link would', async () => {
    const first = await office.graph('GET', '/me/drive/root/delta?$select=size,name');
    assert.equal(first.status, 200);
    const link = first.json['@odata.deltaLink'];
    assert.ok(link.startsWith(`${office.base}/`), link);
    assert.ok(!link.includes('cTag'), link);
    const token = /[?&(]token=([^&)]+)/.exec(link)[1];
    const again = await office.graph('GET', `/me/drive/root/delta?token=${token}`);
    assert.equal(again.status, 200, again.bytes.toString());
    assert.ok(again.json.value.length < first.json.value.length);
  });

  await cases.check('86: $select in every spelling is understood or refused', async () => {
    const one = json({ '@odata.context': 'c', ...few, '@microsoft.graph.downloadUrl': 'https://tenant.test/d' });
    const at = `/drives/${few.parentReference.driveId}/items/${few.id}`;
    for (const select of ['$select=size', 'select=size', '%24select=size', '$Select=SIZE', '$select=file', '$select=%40microsoft.graph.downloadUrl',
      '$select=content.downloadUrl', 'select=name,%20size']) {
      const answer = await told('GET', `${at}?${select}`, one);
      assert.equal(answer.status, 200, select);
      hidden(answer);
      assert.ok(!answer.bytes.includes('tenant.test'), select);
      assert.ok(wire.seen.at(-1).target.startsWith(`/v1.0${at}?${select},`), select);
    }
    assert.equal((await told('GET', `${at}?$select=size&select=id`, one)).status, 400);
    const narrow = await told('GET', `${at}?$select=id`, json({ id: few.id }));
    assert.deepEqual(narrow.json, { id: few.id });
  });

  await cases.check('99: answers that two readers could read differently are not passed on', async () => {
    const utf16 = Buffer.from('\ufeff{"size":1}', 'utf16le');
    for (const body of [utf16, Buffer.from([0x22, 0xff, 0x22]), '['.repeat(10000) + ']'.repeat(10000), '{"size":', '<html>']) {
      const answer = await told('GET', '/me/drive/root/children', json(body));
      assert.equal(answer.status, 502, String(body).slice(0, 20));
    }
    const marked = await told('GET', '/me/drive/root', json(`\ufeff${JSON.stringify(few)}`));
    assert.equal(JSON.parse(marked.bytes.toString().slice(1)).size, 40000);
    const twice = await told('GET', '/me/drive/root', json(JSON.stringify(few).replace('{', `{"size":${stored},`)));
    assert.equal(twice.status, 200);
    hidden(twice);
    const text = `{"n":9007199254740993,"m":1.50e+02,"size":"${stored}",${JSON.stringify(few).slice(1)}`;
    const numbers = await told('GET', '/me/drive/root', json(text));
    assert.equal(numbers.bytes.toString(), text.replaceAll(String(stored), '40000'));
  });

  await cases.check('99: requests that two readers could read differently are refused', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{"name":"a","name":"b"}', '\ufeff{"name":"a"}', Buffer.from('{"name":"a"}', 'utf16le'),
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), `${'['.repeat(10000)}${']'.repeat(10000)}`, 'name=a']) {
      for (const [method, target] of [['PATCH', `/me/drive/items/${few.id}`], ['POST', `/me/drive/items/${few.id}/createLink`], ['POST', '/search/query']]) {
        wire.seen.length = 0;
        const answer = await office.graph(method, target, { headers, body });
        assert.equal(answer.status, 400, `${method} ${target} ${String(body).slice(0, 20)}`);
        assert.equal(wire.seen.length, 0);
      }
    }
    // Refused by its length alone: whether a client that still sends can read the answer is luck.
    wire.seen.length = 0;
    const long = await office.graph('POST', '/search/query', { headers, body: `"${'a'.repeat(5 << 20)}"` }).catch((error) => error);
    assert.ok(long.status === 413 || ['EPIPE', 'ECONNRESET'].includes(long.code), String(long));
    assert.equal(wire.seen.length, 0);
  });

  await cases.check('an answer over the limit is refused with a reason', async () => {
    const huge = Buffer.alloc((16 << 20) + 2, 0x20);
    huge[0] = 0x7b;
    huge[huge.length - 1] = 0x7d;
    const answer = await told('GET', '/me/drive/root/children', json(huge));
    assert.equal(answer.status, 502);
    assert.match(answer.json.error.message, /smaller pages/);
  });

  await cases.check('100,000 items over pages, in memory that a few pages take', async () => {
    const [pages, each] = [100, 1000];
    const padding = { ...sealed, '@microsoft.graph.downloadUrl': undefined };
    const page = (n) => ({ '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#x',
      ...(n + 1 < pages ? { '@odata.nextLink': `https://graph.microsoft.com/v1.0/me/drive/root/children?$skiptoken=${n + 1}` } : {}),
      value: Array.from({ length: each }, (_, i) => (i === 0 ? sealed : { ...padding, id: `x${n}-${i}` })) });
    let next = '/me/drive/root/children';
    let count = 0;
    while (next !== undefined) {
      const answer = await told('GET', next, (request) => ({ body: page(Number(/skiptoken=(\d+)/.exec(request.target)?.[1] ?? 0)) }),
        { at: '/me/drive/root/children' });
      assert.equal(answer.status, 200);
      assert.equal(answer.json.value[0].size, 40000);
      count += answer.json.value.length;
      next = answer.json['@odata.nextLink'];
    }
    assert.equal(count, pages * each);
    const status = fs.readFileSync(`/proc/${office.gateway.pid}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024;
    console.log(`100,000 items: VmHWM ${peak.toFixed(1)} MiB`);
    assert.ok(peak < kListingMib, `VmHWM ${peak} MiB`);
  });
} finally {
  cases.end();
  await office.stop({ keep: process.exitCode !== 0 && process.env.KEEP !== undefined });
  wire.stop();
}
