// WebSocket and long polls through the proxy door: a Graph of another cloud switches where it is asked to
// and once where not, and takes its time with an answer.
//
//   node tests/hostile/websocket_test.mjs BIN_DIR
import assert from 'node:assert';
import https from 'node:https';

import { noise } from '../support/office.mjs';
import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';
import { identity, lines, listen, openProxyOffice, speak } from './proxy_office.mjs';

const cases = new Cases();
const otherOwn = identity('graph.microsoft.us');
const upgrades = [];
const held = [];  // answers that are owed
const other = https.createServer(otherOwn, (request, response) => {
  if (request.url === '/v1.0/subscriptions') return void held.push(response);
  if (request.url === '/v1.0/me') return void response.setHeader('content-type', 'application/json').end('{}');
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
const { office, token, ask, end } = await openProxyOffice({
  bin: process.argv[2],
  proxy: 'intercept = ["graph.microsoft.com", "*.sharepoint.com", "graph.microsoft.us"]',
  others: { 'graph.microsoft.us': { port: await listen(other), cert: otherOwn.cert } },
});
const bearer = `Authorization: Bearer ${token}`;

const wish = (target, ...more) => lines(`GET ${target} HTTP/1.1`, 'Host: graph.microsoft.us', bearer, 'Connection: Upgrade',
  'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', ...more);

await cases.check('WebSocket passes on an ordinary route, both ways and to its end', async () => {
  const secure = await office.workstation.tls('graph.microsoft.us');
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
  const answer = await speak(await office.workstation.tls('graph.microsoft.us'), wish('/v1.0/users/aino', 'X: y').replace('Connection: Upgrade',
    'Connection: close, Upgrade'));
  assert.equal(answer.status, 200, answer.text);
});

await cases.check('a route of content does not switch', async () => {
  const before = upgrades.length;
  const answer = await speak(await office.workstation.tls('graph.microsoft.us'),
    wish('/v1.0/me/drive/root:/Salassa/one.bin:/content').replace('Connection: Upgrade', 'Connection: close, Upgrade'));
  assert.ok(answer.status >= 400, answer.text);
  assert.equal(upgrades.length, before);
});

await cases.check('a switch that nobody asked for is an error', async () => {
  const answer = await ask('GET', 'https://graph.microsoft.us/v1.0/users/aino');
  assert.equal(answer.status, 502);
});

await cases.check('an answer that is long in coming is waited for, and nobody waits with it', async () => {
  const polls = Array.from({ length: 20 }, () => ask('GET', 'https://graph.microsoft.us/v1.0/subscriptions'));
  await until('all of them are upstream', () => held.length === polls.length);
  const meanwhile = await ask('GET', 'https://graph.microsoft.us/v1.0/me');
  assert.equal(meanwhile.status, 200);
  await new Promise((resolve) => setTimeout(resolve, 2500));  // longer than a client may take for a head
  for (const response of held.splice(0)) response.setHeader('content-type', 'application/json').end('{"value":[]}');
  for (const answer of await Promise.all(polls)) {
    assert.equal(answer.status, 200, String(answer.bytes));
    assert.deepEqual(answer.json, { value: [] });
  }
});

cases.end();
other.close();
await end();
