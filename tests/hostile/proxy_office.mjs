// An office behind the proxy door, two servers that the gateway knows nothing of, and what tests of
// that door ask of them.
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

import { Office } from '../support/office.mjs';

export const graph = 'https://graph.microsoft.com/v1.0';
export const pathOf = (name) => `${graph}/me/drive/root:/Salassa/${name}`;

export function listen(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

// A key and a certificate that only who is told so trusts.
export function identity(host) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'office-echo-'));
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '2', '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`,
    '-keyout', path.join(scratch, 'key'), '-out', path.join(scratch, 'pem')]);
  assert.equal(made.status, 0);
  const own = { key: fs.readFileSync(path.join(scratch, 'key')), cert: fs.readFileSync(path.join(scratch, 'pem')) };
  fs.rmSync(scratch, { recursive: true });
  return own;
}

// proxy: lines of [proxy]. others: host name -> { port, cert } of servers that the gateway is told of as
// if they were the cloud's.
export async function openProxyOffice({ bin, proxy = '', others = {} }) {
  const received = [];  // by a server that gives it all back, and a word at the end
  const plain = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (piece) => { received.push(piece); socket.write(piece); });
    socket.on('end', () => socket.end('the end'));
    socket.on('error', () => {});
  });
  const own = identity('echo.example');
  const echo = tls.createServer({ ...own, allowHalfOpen: true },
    (socket) => { socket.pipe(socket); socket.on('error', () => {}); });
  const ports = { 'plain.example': await listen(plain), 'echo.example': await listen(echo), 'dead.example': 1,
    ...Object.fromEntries(Object.entries(others).map(([host, { port }]) => [host, port])) };
  const connect = Object.entries(ports).map(([host, port]) =>
    `[[upstream.connect]]\nhost = "${host}"\naddress = "127.0.0.1:${port}"\n\n`).join('');

  const office = await Office.open({
    bin, proxy,
    config: (text, home) => {
      for (const { cert } of Object.values(others)) fs.appendFileSync(path.join(home, 'tls', 'upstream-ca.pem'), cert);
      return text.replace('[[policy.rule]]', `${connect}[limits]\nhead_timeout = "3s"\n\n[[policy.rule]]`);
    },
  });
  const token = await office.login();
  await office.folder('Salassa');
  return {
    office, token, received, echoPem: own.cert, ...recordsOf(office),
    ask: (method, url, options = {}) => office.workstation.request(method, url, { token, ...options }),
    async end() {
      for (const server of [plain, echo]) server.close();
      await office.stop();
    },
  };
}

function recordsOf(office) {
  function refusals() {
    const listed = office.kerros('audit', 'tail', '-n', '1000', '--json');
    assert.equal(listed.code, 0, listed.err);
    return JSON.parse(listed.out).filter((record) => record.event === 'refused');
  }
  // What `act` does leaves one record of this kind.
  async function isRecorded(target, status, act) {
    const before = refusals().length;
    await act();
    const all = refusals();
    assert.equal(all.length, before + 1, 'one record');
    assert.equal(all.at(-1).target, target);
    assert.match(all.at(-1).status, status);
  }
  return { refusals, isRecorded };
}

// What a TLS client says first, taken from one that speaks to us.
export async function firstMessage(servername) {
  const server = net.createServer();
  const port = await listen(server);
  const heard = new Promise((resolve) => server.once('connection', (socket) => socket.once('data', (data) => { socket.destroy(); resolve(data); })));
  tls.connect({ host: '127.0.0.1', port, servername }).on('error', () => {});
  const first = await heard;
  server.close();
  return first;
}

export const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;

// Says this inside a tunnel, and gives what comes until its end.
export function speak(secure, text) {
  return new Promise((resolve, reject) => {
    let seen = '';
    secure.setTimeout(60_000, () => secure.destroy(new Error('no end of the connection')));
    secure.on('data', (data) => { seen += data; });
    secure.on('error', reject);
    secure.on('close', () => resolve({ status: Number(seen.split(' ')[1]), text: seen }));
    secure.write(text);
  });
}
