// The proxy door from a workstation's side: real host names are sealed through it, the URLs it gives
// out lead back to it, and browsers are told who comes here.
//
//   node tests/hostile/proxy_test.mjs BIN_DIR
import assert from 'node:assert';

import { noise } from '../support/office.mjs';
import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';
import { graph, openProxyOffice, pathOf } from './proxy_office.mjs';

const cases = new Cases();
const { office, token, ask, end } = await openProxyOffice({ bin: process.argv[2] });

const file = noise(3_000_000, 1);
office.secret(file);

await cases.check('a program that speaks to graph.microsoft.com is sealed and opened', async () => {
  const put = await ask('PUT', `${pathOf('one.bin')}:/content`, { body: file });
  assert.equal(put.status, 201, String(put.bytes));
  assert.equal(put.json.size, file.length);
  const got = await ask('GET', `${pathOf('one.bin')}:/content`);
  assert.equal(got.status, 200);
  assert.ok(got.bytes.equals(file));
});

await cases.check('what it gets is a certificate of the authority for that host alone', async () => {
  const secure = await office.workstation.tls('graph.microsoft.com');
  const shown = secure.getPeerCertificate(true);
  assert.equal(shown.subjectaltname, 'DNS:graph.microsoft.com');
  assert.equal(shown.issuerCertificate.subject.CN, 'Office interception');
  assert.equal(secure.alpnProtocol, false);
  secure.destroy();
});

await cases.check('links to Graph keep its name, and a download URL is ours under the tenant\'s host', async () => {
  const listed = await ask('GET', `${graph}/me/drive/root:/Salassa:/children?$top=1`);
  assert.equal(listed.status, 200);
  assert.match(listed.json['@odata.context'], /^https:\/\/graph\.microsoft\.com\/v1\.0\//);
  const [item] = listed.json.value;
  assert.equal(item.size, file.length);
  const url = item['@microsoft.graph.downloadUrl'];
  assert.match(url, /^https:\/\/[a-z-]+\.sharepoint\.com\/kerros\/download\/[\w-]+$/);
  const got = await ask('GET', url, { token: undefined });
  assert.equal(got.status, 200);
  assert.ok(got.bytes.equals(file));
});

await cases.check('an own URL is good at the host it names and nowhere else', async () => {
  const item = (await ask('GET', pathOf('one.bin'))).json;
  const url = item['@microsoft.graph.downloadUrl'];
  const target = url.slice(url.indexOf('/kerros/'));
  assert.equal((await ask('GET', `https://graph.microsoft.com${target}`)).status, 404);
  assert.equal((await ask('GET', `https://fabrikam.sharepoint.com${target}`)).status, 404);
  assert.equal((await office.graph('GET', `https://localhost:${office.port}${target}`)).status, 404);
});

let session;
await cases.check('an upload URL is ours under the tenant\'s host and lives through a new gateway', async () => {
  const opened = await ask('POST', `${pathOf('long.bin')}:/createUploadSession`, { body: {} });
  assert.equal(opened.status, 200, String(opened.bytes));
  session = opened.json.uploadUrl;
  assert.match(session, /^https:\/\/[a-z-]+\.sharepoint\.com\/kerros\/upload\/[\w-]+$/);
  const half = 5 * 327_680;
  const send = (from, to) => ask('PUT', session, {
    token: undefined, body: file.subarray(from, to),
    headers: { 'content-range': `bytes ${from}-${to - 1}/${file.length}` },
  });
  const first = await send(0, half);
  assert.equal(first.status, 202, String(first.bytes));
  await office.killGateway();
  await office.startGateway();
  const last = await send(half, file.length);
  assert.equal(last.status, 201, String(last.bytes));
  assert.equal(last.json.size, file.length);
  const got = await ask('GET', `${pathOf('long.bin')}:/content`);
  assert.ok(got.bytes.equals(file));
});

await cases.check('the monitor of a copy is ours at a host that comes here', async () => {
  const asked = await ask('POST', `${pathOf('one.bin')}:/copy`, { body: { name: 'two.bin' } });
  assert.equal(asked.status, 202, String(asked.bytes));
  const monitor = asked.headers.location;
  assert.match(monitor, /^https:\/\/(graph\.microsoft\.com|[a-z-]+\.sharepoint\.com)\/kerros\/monitor\/[\w-]+$/);
  await until('the copy is made', async () => {
    const told = await ask('GET', monitor, { token: undefined });
    assert.ok([200, 202].includes(told.status), String(told.status));
    return told.status !== 202;
  });
});

await cases.check('a batch through the door has its links and URLs from the same hosts', async () => {
  const batch = await ask('POST', `${graph}/$batch`, {
    body: { requests: [{ id: '1', method: 'GET', url: '/me/drive/root:/Salassa/one.bin' },
      { id: '2', method: 'GET', url: '/me/drive/root:/Salassa/one.bin:/content' }] },
  });
  assert.equal(batch.status, 200, String(batch.bytes));
  const [item, content] = batch.json.responses.sort((a, b) => a.id - b.id);
  assert.match(item.body['@microsoft.graph.downloadUrl'], /sharepoint\.com\/kerros\/download\//);
  assert.match(content.headers.Location, /sharepoint\.com\/kerros\/download\//);
});

await cases.check('a tenant\'s URL of unknown origin gives nothing', async () => {
  const item = (await office.cloud.graph('GET', '/me/drive/root:/Salassa/one.bin', { token })).json;
  const answer = await ask('GET', item['@microsoft.graph.downloadUrl'], { token: undefined });
  assert.ok(!answer.bytes.includes(file.subarray(0, 64)));
});

// --- the file for browsers ---

await cases.check('browsers are told which hosts come here', async () => {
  const [pac, wpad] = [await office.workstation.raw('GET /proxy.pac HTTP/1.1\r\n\r\n'), await office.workstation.raw('GET /wpad.dat HTTP/1.0\r\n\r\n')];
  assert.equal(pac.status, 200);
  assert.match(pac.text, /\r\nContent-Type: application\/x-ns-proxy-autoconfig\r\n/);
  const script = pac.text.slice(pac.text.indexOf('\r\n\r\n') + 4);
  assert.ok(wpad.text.endsWith(script));
  const dnsDomainIs = (host, domain) => host.endsWith(domain);
  const find = new Function('dnsDomainIs', `${script}; return FindProxyForURL;`)(dnsDomainIs);
  const here = `PROXY ${office.workstation.host}:${office.workstation.port}`;
  for (const host of ['graph.microsoft.com', 'Graph.Microsoft.com', 'contoso-my.sharepoint.com'])
    assert.equal(find(`https://${host}/`, host), here);
  for (const host of ['www.example', 'evilsharepoint.com', 'graph.microsoft.com.example'])
    assert.equal(find(`https://${host}/`, host), 'DIRECT');
});

cases.end();
await end();
