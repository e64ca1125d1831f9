// The cloud lies on the wire: node transport_test.mjs BIN_DIR
// Other ranges than asked, cut streams, two framings at once, redirects to other hosts. A reader
// sees the right bytes or an error, and the next request is not poisoned by the last answer.
import assert from 'node:assert/strict';
import https from 'node:https';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { fetch, judge, kChunk, kPrefix, kSealedChunk, read, waysOf } from './reading.mjs';

const kDrivePath = '/Salassa/wire.bin';
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');
const plain = noise(4 * kChunk + 1000, 1);
const item = (await office.put(kDrivePath, plain)).json;
const ways = waysOf(item, kDrivePath, plain, office);
const other = (await office.put('/Salassa/other.bin', noise(plain.length, 2))).json;
const sealedSize = (await office.stored('wire.bin')).size;
const kDownload = { path_regex: 'download\\.aspx' };
const kContent = { path_regex: '/content$' };

const control = async (...args) => assert.equal((await office.cloud.control(...args)).status, 200);
const on = (name, value, match) => control('POST', '/switches', { name, value, match });
const applied = async () => (await office.cloud.control('GET', '/switches')).json.reduce((n, s) => n + s.applied, 0);

// Reads in every way under the switches; `fine` says which outcomes are right for a way. The last
// reading, with the switches off, must be the right one: nothing of the lie stays in a connection.
async function under(sentence, switches, fine, chosen = ways) {
  await cases.check(sentence, async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (const [name, value, match] of switches) await on(name, value, match);
      for (const way of chosen) {
        const before = await applied();
        const outcome = judge(way, await read(office, way, { agent }), plain);
        assert.ok(fine(way).includes(outcome), `${way.name}: ${outcome}`);
        assert.ok(await applied() > before, `${way.name}: no switch was asked`);
      }
    } finally {
      await control('DELETE', '/switches');
    }
    for (const way of chosen) assert.equal(judge(way, await read(office, way, { agent }), plain), 'right', `${way.name} afterwards`);
    agent.destroy();
  });
}
const right = () => ['right'];
const wrong = () => ['refused', 'cut'];
const ranges = ways.filter((way) => way.range);
const wholes = ways.filter((way) => !way.range);
const byGraph = ways.filter((way) => !way.name.includes('own URL'));

// --- lawful forms ---
for (const form of ['length0', 'chunked', 'close']) {
  await under(`a redirect with a body of form ${form} is followed`, [['content.302.body', form, kContent]], right, byGraph);
}
await under('content served without a redirect reads right', [['content.direct', true, kContent]], right, byGraph);
await under('ranges that upstream ignores are cut out here', [['range.ignore', true, kDownload]], right, ranges);
await under('ranges ignored by direct content are cut out here',
  [['content.direct', true, kContent], ['range.ignore', true, kContent]], right, byGraph.filter((way) => way.range));
for (const framing of ['chunked', 'close']) {
  await under(`an answer framed by ${framing} reads right`, [['reply.framing', framing, kDownload]], right);
  await under(`direct content framed by ${framing} reads right`,
    [['content.direct', true, kContent], ['reply.framing', framing, kContent]], right, byGraph);
  await under(`a whole file framed by ${framing} where a range was asked reads right`,
    [['range.ignore', true, kDownload], ['reply.framing', framing, kDownload]], right, ranges);
}
for (const form of ['1xx', 'trailers']) {
  await under(`an answer with ${form} reads right`, [['smuggle', form, kDownload]], right);
}
await under('a false size in the item says nothing about the content', [['wrong.size', true, {}]], right,
  byGraph.filter((way) => way.name.includes('path')));

// --- lies ---
await under('a range shorter than asked is an error', [['range.partial', true, kDownload]], wrong, ranges);
await under('a range of one byte is an error', [['range.partial', 1, kDownload]], wrong, ranges);
// A range to the very end cannot be shifted by the sandbox: it is the honest one then.
await under('a shifted range is an error, or read again as a whole', [['range.shifted', true, kDownload]], () => [...wrong(), 'whole'],
  ranges.filter((way) => way.last < plain.length - 1 - kChunk));
for (const form of ['both', 'two_lengths', 'bad_chunk']) {
  await under(`an answer smuggling by ${form} is an error`, [['smuggle', form, kDownload]], wrong);
  await under(`direct content smuggling by ${form} is an error`,
    [['content.direct', true, kContent], ['smuggle', form, kContent]], wrong, byGraph);
  await under(`a redirect smuggling by ${form} is followed to the right bytes or refused`,
    [['smuggle', form, kContent]], () => ['right', 'refused'], byGraph);
}
const cuts = [0, 1, kPrefix - 1, kPrefix, kPrefix + 1, ...[1, 2, 3, 4].flatMap((k) =>
  [-1, 0, 1].map((d) => kPrefix + k * kSealedChunk + d)), sealedSize - 16, sealedSize - 1];
for (const [ending, how] of Object.entries({ 'without notice': {}, 'in good order': { notify: true }, 'by reset': { reset: true } })) {
  for (const after of cuts) {
    await under(`a whole file cut ${ending} after ${after} bytes is an error`,
      [['tls.close', { after, ...how }, kDownload]], wrong, wholes);
  }
  // All ranges but the shortest are served by at least one sealed chunk.
  for (const after of [0, 1, 1000]) {
    await under(`a range cut ${ending} after ${after} bytes is an error`, [['tls.close', { after, ...how }, kDownload]], wrong, ranges);
  }
}
for (const after of cuts) {
  for (const framing of ['close', 'chunked']) {
    await under(`a body framed by ${framing} that ends after ${after} bytes is an error`,
      [['reply.framing', framing, kDownload], ['tls.close', { after, notify: true }, kDownload]], wrong, wholes);
  }
}

// --- redirects ---
const tenant = 'contoso-my.sharepoint.com';
for (const location of ['http://169.254.169.254/latest/meta-data', `http://${tenant}/x`, 'file:///etc/passwd', '/etc/passwd',
  'https://evil.test/x', `https://${tenant}.evil.test/x`, `https://${tenant}@evil.test/x`, `https://evil.test\\@${tenant}/x`,
  `https://evil.test#.sharepoint.com/x`, `https://evil.test%2f.sharepoint.com/x`, 'https://login.microsoftonline.com/x',
  'https://sharepoint.com/x', 'https://evilsharepoint.com/x', `https://${tenant}:22/x`, '//evil.test/x', '', 'https://', 'x'.repeat(9000)]) {
  await under(`a redirect to ${location.slice(0, 60) || 'nowhere'} is refused`, [['redirect.to', location, kContent]],
    () => ['refused'], byGraph);
}
await under('a redirect to the content of another file is refused', [['redirect.to', await contentUrl(other.id), kContent]],
  () => ['refused', 'cut'], byGraph);
await under('a redirect in a ring ends', [['redirect.to', `https://graph.microsoft.com/v1.0/me/drive/items/${item.id}/content`, kContent]],
  () => ['refused'], byGraph);

async function contentUrl(id) {
  office.cloud.token = office.token;
  return (await office.cloud.graph('GET', `/me/drive/items/${id}/content`)).headers.location;
}

await cases.check('no token went to another host, and no address was asked that the configuration does not name', async () => {
  const counters = (await office.cloud.control('GET', '/counters')).json;
  assert.equal(counters.authorization_on_tenant, 0);
  assert.equal(counters.authorization_on_login, 0);
  assert.equal(counters.login_requests, 1, 'only our own login');
  assert.equal(counters.unknown_host, 0);
  assert.equal(counters.changed_preauth_url, 0);
});

await cases.check('no failure names what lies behind the gateway', async () => {
  await on('redirect.to', 'https://evil.test/secret-path', kContent);
  const refused = await fetch(office, ways[1].url);
  await control('DELETE', '/switches');
  assert.doesNotMatch(refused.bytes.toString(), /evil|secret-path|tempauth|127\.0\.0\.1|\/tmp/);
});

cases.end();
await office.stop();
