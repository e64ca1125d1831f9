// What the proxy door refuses: where nobody may go, what is no request, hosts that do not agree. Put on
// record and answered in few words.
//
//   node tests/hostile/proxy_refusals_test.mjs BIN_DIR
import assert from 'node:assert';
import fs from 'node:fs';
import net from 'node:net';

import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';
import { firstMessage, lines, openProxyOffice, speak } from './proxy_office.mjs';

const cases = new Cases();
const { office, token, received, refusals, isRecorded, end } = await openProxyOffice({ bin: process.argv[2] });
const bearer = `Authorization: Bearer ${token}`;

for (const [authority, sentence] of [
  ['plain.example:80', /to this port are not allowed/],
  ['plain.example:22', /to this port are not allowed/],
  ['graph.microsoft.com:8443', /can be reached on the HTTPS port only/],
  ['127.0.0.1:443', /use the host's name/],
  ['[::1]:443', /use the host's name/],
  ['2130706433:443', /use the host's name/],
  ['0x7f.1:443', /use the host's name/],
  ['localhost:443', /not of the public internet/],
  ['a_b.sharepoint.com:443', /can show a certificate/],
]) {
  await cases.check(`no tunnel to ${authority}, and it is on record`, async () => {
    await isRecorded(`connect ${authority}`, sentence, async () => {
      const refused = await office.workstation.connect(authority);
      assert.equal(refused.status, 403);
      assert.match(refused.body.toString(), sentence);
    });
  });
}

await cases.check('who is refused again and again is counted, and no more on record than the log can bear', async () => {
  const counted = () => JSON.parse(office.kerros('status', '--json').out).gateway.proxy.refused;
  const [before, told] = [refusals().length, counted()];
  const times = 100;
  for (let i = 0; i < times; ++i)
    assert.equal((await office.workstation.connect('plain.example:80', { from: '127.0.0.22' })).status, 403);
  assert.equal(counted(), told + times);
  const recorded = refusals().length - before;
  assert.ok(recorded >= 1 && recorded <= 40, `${recorded} of ${times}`);  // a minute's end may lie within
});

for (const [what, octets, status] of [
  ['no port', 'CONNECT graph.microsoft.com HTTP/1.1\r\n\r\n', 400],
  ['a user in the target', 'CONNECT a@graph.microsoft.com:443 HTTP/1.1\r\n\r\n', 400],
  ['a path in the target', 'CONNECT graph.microsoft.com:443/ HTTP/1.1\r\n\r\n', 400],
  ['two final dots', 'CONNECT graph.microsoft.com..:443 HTTP/1.1\r\n\r\n', 400],
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
    const answer = await office.workstation.raw(octets);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, /\r\nConnection: close\r\n/);
    assert.equal(answer.text.split('HTTP/1.1 ').length, 2, 'one answer');
  });
}

await cases.check('who never ends a head is cut off', async () => {
  assert.equal((await office.workstation.raw('CONNECT plain.example:443 HT')).text, '');
  assert.equal((await office.workstation.raw('')).text, '');
  const tunnel = await office.workstation.connect('graph.microsoft.com:443', { more: '\x16\x03\x01' });
  assert.equal(tunnel.status, 200);
  tunnel.socket.resume();
  await new Promise((resolve) => tunnel.socket.on('close', resolve));
});

await cases.check('a slow head gains no time with each octet', async () => {
  const socket = net.connect(office.workstation.port, office.workstation.host);
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
  await assert.rejects(office.workstation.tls('graph.microsoft.com', { ALPNProtocols: ['h2'] }));
  const both = await office.workstation.tls('graph.microsoft.com', { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(both.alpnProtocol, 'http/1.1');
  both.destroy();
});

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
      const answer = await speak(await office.workstation.tls('graph.microsoft.com', options), text);
      assert.equal(answer.status, 421, answer.text);
    });
  });
}

await cases.check('an unnamed TLS client is served as the host of its tunnel', async () => {
  const secure = await office.workstation.tls('graph.microsoft.com', { servername: '', ...trusting });
  const answer = await speak(secure, lines('GET /v1.0/me HTTP/1.1', 'Host: graph.microsoft.com', bearer, 'Connection: close'));
  assert.equal(answer.status, 200, answer.text);
});

// Says it in a tunnel to somebody else's host, and waits for the end.
async function sayInTunnel(pieces) {
  const { socket, status } = await office.workstation.connect('plain.example:443', { from: '127.0.0.23' });
  assert.equal(status, 200);
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.resume();
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { socket, ended };
}

for (const [name, cut] of [['graph.microsoft.com', false], ['graph.microsoft.com', true], ['Contoso-My.SharePoint.com', false]]) {
  await cases.check(`a tunnel to another host carries no TLS for ${name}${cut ? ', in however many pieces' : ''}`, async () => {
    received.length = 0;
    await isRecorded(`connect plain.example:443 as ${name.toLowerCase()}`, /a protected host inside a tunnel/, async () => {
      const first = await firstMessage(name);
      const { ended } = await sayInTunnel(cut ? [first.subarray(0, 1), first.subarray(1, 90), first.subarray(90)] : [first]);
      await ended;
    });
    assert.deepEqual(received, [], 'nothing of it went on');
  });
}

await cases.check('nor what begins like TLS and cannot be read', async () => {
  received.length = 0;
  await isRecorded('connect plain.example:443', /no first message that can be read/, async () => {
    const { ended } = await sayInTunnel([Buffer.from('160301000802000004', 'hex')]);
    await ended;
  });
  assert.deepEqual(received, []);
});

await cases.check('TLS for its own host passes, named or not', async () => {
  for (const name of ['plain.example', '']) {
    received.length = 0;
    const first = await firstMessage(name);
    const { socket } = await sayInTunnel([first]);
    await until('the first message is there', () => Buffer.concat(received).equals(first));
    socket.destroy();
  }
});

await cases.check('a tunnel to a protected host is for TLS alone', async () => {
  await isRecorded('connect graph.microsoft.com:443', /no first message that can be read/, async () => {
    const { socket } = await office.workstation.connect('graph.microsoft.com:443', { from: '127.0.0.23',
      more: lines('GET /v1.0/me HTTP/1.1', 'Host: graph.microsoft.com', bearer) });
    const pieces = [];
    socket.on('data', (piece) => pieces.push(piece));
    await new Promise((resolve) => socket.on('close', resolve));
    assert.equal(Buffer.concat(pieces).length, 0);
  });
});

await cases.check('inside a tunnel nobody can smuggle a request', async () => {
  for (const framing of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: chunked\r\nContent-Length: 4',
    'Content-Length: 4\r\nContent-Length: 5', 'Transfer-Encoding: xchunked', 'Content-Length: +4',
  ]) {
    const secure = await office.workstation.tls('graph.microsoft.com');
    const answer = await speak(secure, `POST /v1.0/me/drive/root/children HTTP/1.1\r\nHost: graph.microsoft.com\r\n${bearer}\r\n`
      + `${framing}\r\n\r\n0\r\n\r\nGET /v1.0/me HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n`);
    assert.ok(answer.status >= 400 && answer.status < 500, `${framing}: ${answer.text}`);
    assert.equal(answer.text.split('HTTP/1.1 ').length, 2, `${framing}: one answer`);
  }
  const secure = await office.workstation.tls('graph.microsoft.com');
  assert.equal((await speak(secure, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).status, 400);
});

await cases.check('the status counts what the doors do', async () => {
  const told = () => JSON.parse(office.kerros('status', '--json').out).gateway.proxy;
  const before = await until('the tunnels of other cases have ended', () => (told().tunnels === 0 ? told() : undefined));
  assert.equal(before.listen, `${office.workstation.host}:${office.workstation.port}`);
  assert.equal(before.redirect_listen, '');
  assert.ok(before.refused > 20 && before.intercepted > 5);
  const tunnel = await office.workstation.connect('plain.example:443');
  await office.workstation.connect('plain.example:80');
  const after = told();
  assert.equal(after.tunnels, 1);
  assert.equal(after.refused, before.refused + 1);
  tunnel.socket.destroy();
});

await cases.check('a door taken out of the configuration serves until the next start', async () => {
  const whole = fs.readFileSync(office.configFile, 'utf8');
  const closed = whole.replace('[proxy]\nlisten = "127.0.0.1:0"', '[proxy]\nlisten = ""\nname = "other.example:1"');
  assert.notEqual(closed, whole);
  fs.writeFileSync(office.configFile, closed);
  office.gateway.kill('SIGHUP');
  await until('the configuration is read again', () => office.gatewayLog().includes('configuration reloaded'));
  assert.match(office.gatewayLog(), /proxy\.listen takes effect at the next start/);
  const secure = await office.workstation.tls('graph.microsoft.com');
  const answer = await speak(secure, lines('GET /v1.0/me HTTP/1.1', 'Host: graph.microsoft.com', bearer, 'Connection: close'));
  assert.equal(answer.status, 200, answer.text);
  const pac = await office.workstation.raw('GET /proxy.pac HTTP/1.1\r\n\r\n');
  assert.equal(pac.status, 200);
  assert.ok(!pac.text.includes('other.example'));
});

cases.end();
await end();
