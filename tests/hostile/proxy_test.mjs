// The proxy door from a workstation's side: real host names sealed through it, every other host
// passed on unread, and what must be refused, put on record and answered in few words.
//
//   node tests/hostile/proxy_test.mjs BIN_DIR
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

import { Office, noise } from '../support/office.mjs';
import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';

const bin = process.argv[2];
const cases = new Cases();
const graph = 'https://graph.microsoft.com/v1.0';
const mostMiB = Number(process.argv[3] ?? 64);  // that idle tunnels may take

// Tunnels at once: a thousand, or what this process may hold open, with both ends of each.
const descriptors = Number(/^Max open files +(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1]);
const most = Math.min(1000, Math.floor((descriptors - 200) / 2)) || 1000;
if (most < 1000) console.log(`      ${most} tunnels instead of 1000: no more than ${descriptors} descriptors are allowed`);

// Servers that the gateway knows nothing of: one keeps what it gets, the other one speaks TLS with a
// certificate that only this test trusts.
function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}
const received = [];
const plain = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('data', (piece) => { received.push(piece); socket.write(piece); });
  socket.on('end', () => socket.end('the end'));
  socket.on('error', () => {});
});
function identity(host) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'office-echo-'));
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '2', '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`,
    '-keyout', path.join(scratch, 'key'), '-out', path.join(scratch, 'pem')]);
  assert.equal(made.status, 0);
  const own = { key: fs.readFileSync(path.join(scratch, 'key')), cert: fs.readFileSync(path.join(scratch, 'pem')) };
  fs.rmSync(scratch, { recursive: true });
  return own;
}
const echoOwn = identity('echo.example');
const echoPem = echoOwn.cert;
const echo = tls.createServer({ ...echoOwn, allowHalfOpen: true },
  (socket) => { socket.pipe(socket); socket.on('error', () => {}); });

// A Graph of another cloud that switches to WebSocket where it is asked to, and once where not.
const otherOwn = identity('graph.microsoft.us');
const upgrades = [];
const other = https.createServer(otherOwn, (request, response) => {
  if (request.url === '/v1.0/me') return void response.end('{}');
  return void response.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
});
other.on('upgrade', (request, socket) => {
  upgrades.push(request);
  socket.on('error', () => {});
  if (request.url.startsWith('/v1.0/users')) {
    socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}');
    return;
  }
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    + 'Sec-WebSocket-Accept: yes\r\nSet-Cookie: a=b\r\n\r\nfirst');
  let seen = 0;
  socket.on('data', (piece) => {
    seen += piece.length;
    socket.write(piece);
    if (seen >= 1_000_000) socket.end('last');
  });
});
const [plainPort, echoPort, otherPort] = [await listen(plain), await listen(echo), await listen(other)];

function elsewhere(host, port) {
  return `\n[[upstream.connect]]\nhost = "${host}"\naddress = "127.0.0.1:${port}"\n`;
}
const office = await Office.open({
  bin,
  proxy: `tunnels = ${most}\nintercept = ["graph.microsoft.com", "*.sharepoint.com", "graph.microsoft.us"]`,
  config: (text, home) => fs.appendFileSync(path.join(home, 'tls', 'upstream-ca.pem'), otherOwn.cert) ?? text.replace('[[policy.rule]]', `${elsewhere('plain.example', plainPort)}`
    + `${elsewhere('echo.example', echoPort)}${elsewhere('dead.example', 1)}${elsewhere('graph.microsoft.us', otherPort)}\n[limits]\nhead_timeout = "1s"\n\n[[policy.rule]]`),
});
const token = await office.login();
let station = office.workstation;
const ask = (method, url, options = {}) => station.request(method, url, { token, ...options });
const pathOf = (name) => `${graph}/me/drive/root:/Salassa/${name}`;
await office.folder('Salassa');

function refusals() {
  const listed = office.kerros('audit', 'tail', '-n', '1000', '--json');
  assert.equal(listed.code, 0, listed.err);
  return JSON.parse(listed.out).filter((record) => record.event === 'refused');
}
async function isRecorded(target, status, act) {
  const before = refusals().length;
  await act();
  const all = refusals();
  assert.equal(all.length, before + 1, 'one record');
  assert.equal(all.at(-1).target, target);
  assert.match(all.at(-1).status, status);
}

// --- what the door is for ---

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
  const secure = await station.tls('graph.microsoft.com');
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
  station = office.workstation;
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
    assert.ok([200, 202, 303].includes(told.status), String(told.status));
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

// --- tunnels ---

await cases.check('a host that is not listed sees what was sent and nothing else', async () => {
  received.length = 0;
  const sent = noise(5_000_000, 2);
  const { socket, status, body } = await station.connect('plain.example:443', { more: 'first words ' });
  assert.equal(status, 200);
  const pieces = [body];
  socket.on('data', (piece) => pieces.push(piece));
  const ended = new Promise((resolve) => socket.on('end', resolve));
  socket.resume();
  socket.end(sent);
  await ended;
  const wanted = Buffer.concat([Buffer.from('first words '), sent]);
  assert.ok(Buffer.concat(received).equals(wanted));
  assert.ok(Buffer.concat(pieces).equals(Buffer.concat([wanted, Buffer.from('the end')])));
});

await cases.check('TLS to such a host is its own from end to end', async () => {
  const secure = await station.tls('echo.example', { ca: echoPem });
  assert.equal(secure.getPeerCertificate().subject.CN, 'echo.example');
  assert.equal(secure.getPeerCertificate().fingerprint256, new crypto.X509Certificate(echoPem).fingerprint256);
  const sent = noise(1_000_000, 3);
  const pieces = [];
  const ended = new Promise((resolve) => secure.on('end', resolve));
  secure.on('data', (piece) => pieces.push(piece));
  secure.end(sent);
  await ended;
  assert.ok(Buffer.concat(pieces).equals(sent));
});

await cases.check('a host that is not there is told so', async () => {
  assert.equal((await station.connect('dead.example:443')).status, 502);
});

function residentMiB() {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${office.gateway.pid}/status`, 'utf8'))[1]) / 1024;
}

await cases.check('as many idle tunnels as there may be take little, and nobody waits for them', async () => {
  const before = residentMiB();
  const open = [];
  while (open.length < most) {
    const length = Math.min(50, most - open.length);
    const some = await Promise.all(Array.from({ length }, () => station.connect('plain.example:443')));
    for (const one of some) assert.equal(one.status, 200);
    open.push(...some);
  }
  assert.ok(residentMiB() - before < mostMiB, `${residentMiB() - before} MiB more`);
  assert.equal((await station.connect('plain.example:443')).status, 503);
  const small = noise(100_000, 5);
  office.secret(small);
  await Promise.all(Array.from({ length: 40 }, async (_, i) => {
    const put = await ask('PUT', `${pathOf(`small-${i}.bin`)}:/content`, { body: small });
    assert.equal(put.status, 201, String(put.bytes));
    assert.ok((await ask('GET', `${pathOf(`small-${i}.bin`)}:/content`)).bytes.equals(small));
  }));
  for (const one of open) {
    const echoed = new Promise((resolve) => one.socket.once('data', resolve));
    one.socket.resume();
    one.socket.write('still there');
    assert.equal(String(await echoed), 'still there');
    one.socket.destroy();
  }
  const again = await until('there is room for another tunnel', async () => {
    const tunnel = await station.connect('plain.example:443');
    return tunnel.status === 503 ? undefined : tunnel;
  });
  assert.equal(again.status, 200);
  again.socket.destroy();
});

// --- what is refused ---

for (const [authority, sentence] of [
  ['plain.example:80', /to this port are not allowed/],
  ['plain.example:22', /to this port are not allowed/],
  ['graph.microsoft.com:8443', /can be reached on the HTTPS port only/],
  ['127.0.0.1:443', /use the host's name/],
  ['[::1]:443', /use the host's name/],
  ['2130706433:443', /use the host's name/],
  ['0x7f.1:443', /use the host's name/],
  ['localhost:443', /not of the public internet/],
]) {
  await cases.check(`no tunnel to ${authority}, and it is on record`, async () => {
    await isRecorded(`connect ${authority}`, sentence, async () => {
      const refused = await station.connect(authority);
      assert.equal(refused.status, 403);
      assert.match(refused.body.toString(), sentence);
    });
  });
}

for (const [what, octets, status] of [
  ['no port', 'CONNECT graph.microsoft.com HTTP/1.1\r\n\r\n', 400],
  ['a user in the target', 'CONNECT a@graph.microsoft.com:443 HTTP/1.1\r\n\r\n', 400],
  ['a path in the target', 'CONNECT graph.microsoft.com:443/ HTTP/1.1\r\n\r\n', 400],
  ['port 0', 'CONNECT graph.microsoft.com:0 HTTP/1.1\r\n\r\n', 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
  ['lines without CR', 'CONNECT plain.example:443 HTTP/1.1\nHost: plain.example\n\n', 400],
  ['a continued line', 'CONNECT plain.example:443 HTTP/1.1\r\nHost: plain.example\r\n more\r\n\r\n', 400],
  ['two hosts', 'CONNECT plain.example:443 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['both framings', 'CONNECT plain.example:443 HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['a body', 'CONNECT plain.example:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello', 400],
  ['chunks', 'GET /proxy.pac HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['a version of its own', 'CONNECT plain.example:443 HTTP/9.9\r\n\r\n', 400],
  ['an address of plain HTTP', 'GET http://graph.microsoft.com/v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n', 403],
  ['an address of the Graph door', 'GET /v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n', 404],
  ['a second request behind the first', 'GET /x HTTP/1.1\r\n\r\nGET /proxy.pac HTTP/1.1\r\n\r\n', 404],
  ['a head without end', `CONNECT plain.example:443 HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`, 431],
]) {
  await cases.check(`${what}: ${status}, and the connection ends`, async () => {
    const answer = await station.raw(octets);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, /\r\nConnection: close\r\n/);
    assert.equal(answer.text.split('HTTP/1.1 ').length, 2, 'one answer');
  });
}

await cases.check('who never ends a head is cut off', async () => {
  assert.equal((await station.raw('CONNECT plain.example:443 HT')).text, '');
  assert.equal((await station.raw('')).text, '');
  const tunnel = await station.connect('graph.microsoft.com:443', { more: '\x16\x03\x01' });
  assert.equal(tunnel.status, 200);
  tunnel.socket.resume();
  await new Promise((resolve) => tunnel.socket.on('close', resolve));
});

await cases.check('a slow head gains no time with each octet', async () => {
  const socket = net.connect(station.port, station.host);
  let closed = false;
  socket.on('error', () => {});
  const ended = new Promise((resolve) => socket.on('close', () => { closed = true; resolve(); }));
  for (const octet of `CONNECT plain.example:443 HTTP/1.1\r\nX: ${'y'.repeat(300)}`) {
    if (closed) break;
    socket.write(octet);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(closed, 'still open after its whole head');
  await ended;
});

await cases.check('a client that offers HTTP/2 alone gets no session', async () => {
  await assert.rejects(station.tls('graph.microsoft.com', { ALPNProtocols: ['h2'] }));
  const both = await station.tls('graph.microsoft.com', { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(both.alpnProtocol, 'http/1.1');
  both.destroy();
});

function speak(secure, text) {
  return new Promise((resolve, reject) => {
    let seen = '';
    secure.setTimeout(20000, () => secure.destroy(new Error('no end of the connection')));
    secure.on('data', (data) => { seen += data; });
    secure.on('error', reject);
    secure.on('close', () => resolve({ status: Number(seen.split(' ')[1]), text: seen }));
    secure.write(text);
  });
}
const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;
const bearer = `Authorization: Bearer ${token}`;
const trusting = { checkServerIdentity: () => undefined };

for (const [what, options, text] of [
  ['TLS names another host than CONNECT', { servername: 'contoso.sharepoint.com', ...trusting },
    lines('GET /v1.0/me HTTP/1.1', 'Host: graph.microsoft.com', bearer, 'Connection: close')],
  ['Host names another host than CONNECT', {},
    lines('GET /v1.0/me HTTP/1.1', 'Host: contoso.sharepoint.com', bearer, 'Connection: close')],
  ['Host names another port', {},
    lines('GET /v1.0/me HTTP/1.1', 'Host: graph.microsoft.com:8443', bearer, 'Connection: close')],
  ['the target names another host', {},
    lines('GET https://contoso.sharepoint.com/v1.0/me HTTP/1.1', 'Host: graph.microsoft.com', bearer, 'Connection: close')],
  ['there is no Host', {}, lines('GET /v1.0/me HTTP/1.1', bearer, 'Connection: close')],
]) {
  await cases.check(`${what}: 421, on record`, async () => {
    await isRecorded('route /me', /misdirected/, async () => {
      const answer = await speak(await station.tls('graph.microsoft.com', options), text);
      assert.equal(answer.status, 421, answer.text);
    });
  });
}

await cases.check('an unnamed TLS client is served as the host of its tunnel', async () => {
  const secure = await station.tls('graph.microsoft.com', { servername: '', ...trusting });
  const answer = await speak(secure, lines('GET /v1.0/me HTTP/1.1', 'Host: graph.microsoft.com', bearer, 'Connection: close'));
  assert.equal(answer.status, 200, answer.text);
});

await cases.check('inside a tunnel nobody can smuggle a request', async () => {
  for (const framing of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: chunked\r\nContent-Length: 4',
    'Content-Length: 4\r\nContent-Length: 5', 'Transfer-Encoding: xchunked', 'Content-Length: +4',
  ]) {
    const secure = await station.tls('graph.microsoft.com');
    const answer = await speak(secure, `POST /v1.0/me/drive/root/children HTTP/1.1\r\nHost: graph.microsoft.com\r\n${bearer}\r\n`
      + `${framing}\r\n\r\n0\r\n\r\nGET /v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n`);
    assert.ok(answer.status >= 400 && answer.status < 500, `${framing}: ${answer.text}`);
    assert.equal(answer.text.split('HTTP/1.1 ').length, 2, `${framing}: one answer`);
  }
  const secure = await station.tls('graph.microsoft.com');
  assert.equal((await speak(secure, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).status, 400);
});

await cases.check('the status counts what the doors do', async () => {
  const told = () => JSON.parse(office.kerros('status', '--json').out).gateway.proxy;
  const before = await until('the tunnels of other cases have ended', () => (told().tunnels === 0 ? told() : undefined));
  assert.equal(before.listen, `${station.host}:${station.port}`);
  assert.equal(before.redirect_listen, '');
  assert.ok(before.refused > 20 && before.intercepted > 20);
  const tunnel = await station.connect('plain.example:443');
  await station.connect('plain.example:80');
  const after = told();
  assert.equal(after.tunnels, 1);
  assert.equal(after.refused, before.refused + 1);
  tunnel.socket.destroy();
});

// --- what is no HTTP any more ---

const wish = (target, ...more) => lines(`GET ${target} HTTP/1.1`, 'Host: graph.microsoft.us', bearer, 'Connection: Upgrade',
  'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', ...more);

await cases.check('WebSocket passes on an ordinary route, both ways and to its end', async () => {
  const secure = await station.tls('graph.microsoft.us');
  const pieces = [];
  const ended = new Promise((resolve) => secure.on('close', resolve));
  secure.on('data', (piece) => pieces.push(piece));
  const sent = noise(1_000_000, 9);
  secure.write(wish('/v1.0/me', 'Cookie: secret=1'));
  secure.write(sent);
  await ended;
  const all = Buffer.concat(pieces);
  const end = all.indexOf('\r\n\r\n') + 4;
  const head = all.subarray(0, end).toString();
  assert.match(head, /^HTTP\/1\.1 101 /);
  assert.match(head, /\r\nSec-WebSocket-Accept: yes\r\n/);
  assert.ok(!head.includes('Cookie'));
  assert.equal(upgrades.at(-1).headers.cookie, undefined);
  assert.equal(upgrades.at(-1).headers['sec-websocket-key'], 'dGhlIHNhbXBsZSBub25jZQ==');
  assert.ok(all.subarray(end).equals(Buffer.concat([Buffer.from('first'), sent, Buffer.from('last')])));
});

await cases.check('a host that does not switch answers as ever', async () => {
  const answer = await speak(await station.tls('graph.microsoft.us'), wish('/v1.0/users/aino', 'X: y').replace('Connection: Upgrade',
    'Connection: close, Upgrade'));
  assert.equal(answer.status, 200, answer.text);
});

await cases.check('a route of content does not switch', async () => {
  const before = upgrades.length;
  const answer = await speak(await station.tls('graph.microsoft.us'),
    wish('/v1.0/me/drive/root:/Salassa/one.bin:/content').replace('Connection: Upgrade', 'Connection: close, Upgrade'));
  assert.ok(answer.status >= 400, answer.text);
  assert.equal(upgrades.length, before);
});

await cases.check('a switch that nobody asked for is an error', async () => {
  const answer = await ask('GET', 'https://graph.microsoft.us/v1.0/users/aino');
  assert.equal(answer.status, 502);
});

// --- the file for browsers ---

await cases.check('browsers are told which hosts come here', async () => {
  const [pac, wpad] = [await station.raw('GET /proxy.pac HTTP/1.1\r\n\r\n'), await station.raw('GET /wpad.dat HTTP/1.0\r\n\r\n')];
  assert.equal(pac.status, 200);
  assert.match(pac.text, /\r\nContent-Type: application\/x-ns-proxy-autoconfig\r\n/);
  const script = pac.text.slice(pac.text.indexOf('\r\n\r\n') + 4);
  assert.ok(wpad.text.endsWith(script));
  const dnsDomainIs = (host, domain) => host.endsWith(domain);
  const find = new Function('dnsDomainIs', `${script}; return FindProxyForURL;`)(dnsDomainIs);
  const here = `PROXY ${station.host}:${station.port}`;
  for (const host of ['graph.microsoft.com', 'Graph.Microsoft.com', 'contoso-my.sharepoint.com'])
    assert.equal(find(`https://${host}/`, host), here);
  for (const host of ['www.example', 'evilsharepoint.com', 'graph.microsoft.com.example'])
    assert.equal(find(`https://${host}/`, host), 'DIRECT');
});

// --- who may come ---

async function changed(edit) {
  fs.writeFileSync(office.configFile, edit(fs.readFileSync(office.configFile, 'utf8')));
  await office.killGateway('SIGTERM');
  await office.startGateway();
  station = office.workstation;
}

await cases.check('with users named, a tunnel asks for name and password', async () => {
  const digest = crypto.createHmac('sha512', 'pass-word').update('kerros/1/proxy-user\0aino').digest('hex').slice(0, 64);
  const users = path.join(office.home, 'secrets', 'proxy-users');
  fs.writeFileSync(users, `aino:${digest}\n`, { mode: 0o600 });
  await changed((text) => text.replace('[proxy]', '[proxy]\nusers_file = "secrets/proxy-users"'));
  const unnamed = await station.connect('plain.example:443');
  assert.equal(unnamed.status, 407);
  assert.match(unnamed.head, /\r\nProxy-Authenticate: Basic realm="Kerros"/);
  assert.equal((await station.connect('plain.example:443', { user: 'aino:pass-word' })).status, 200);
  assert.equal((await station.connect('graph.microsoft.com:443')).status, 407);
  await isRecorded('connect plain.example:443', /wrong name or password/, async () => {
    assert.equal((await station.connect('plain.example:443', { user: 'aino:guess-work' })).status, 407);
  });
  assert.equal((await station.connect('plain.example:80', { user: 'aino:pass-word' })).status, 403);
  assert.equal(refusals().at(-1).actor, 'proxy:aino');
  assert.equal((await station.raw('GET /proxy.pac HTTP/1.1\r\n\r\n')).status, 200);
  office.proxyUser = 'aino:pass-word';
  station = office.workstation;
  assert.equal((await ask('GET', `${graph}/me`)).status, 200);
});

await cases.check('no password is in the log or on record', async () => {
  const audit = office.kerros('audit', 'tail', '-n', '1000', '--json').out;
  for (const secret of ['pass-word', 'guess-work', Buffer.from('aino:pass-word').toString('base64'), token])
    for (const text of [office.gatewayLog(), audit]) assert.ok(!text.includes(secret));
});

await cases.check('a client of another network gets nothing', async () => {
  await changed((text) => text.replace('[proxy]', '[proxy]\nclient_networks = ["192.0.2.0/24"]'));
  const before = refusals().length;
  assert.equal((await station.raw('GET /proxy.pac HTTP/1.1\r\n\r\n')).text, '');
  assert.equal(refusals().length, before + 1);
});

cases.end();
for (const server of [plain, echo, other]) server.close();
await office.stop();
