// Tunnels through the proxy door to hosts that are not sealed: passed on unread, many at once.
//
//   node tests/hostile/tunnels_test.mjs BIN_DIR
import assert from 'node:assert';
import crypto from 'node:crypto';
import fs from 'node:fs';

import { noise } from '../support/office.mjs';
import { until } from '../support/until.mjs';
import { Cases } from './cases.mjs';
import { openProxyOffice, pathOf } from './proxy_office.mjs';

const cases = new Cases();
const mostMiB = Number(process.argv[3] ?? 64);  // that idle tunnels may take

// Tunnels at once: a thousand, or what this process may hold open, with both ends of each.
const descriptors = Number(/^Max open files +(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1]);
const most = Math.min(1000, Math.floor((descriptors - 200) / 8) * 4) || 1000;  // one client may have a quarter
if (most < 1000) console.log(`      ${most} tunnels instead of 1000: no more than ${descriptors} descriptors are allowed`);
const { office, received, echoPem, ask, isRecorded, end } =
  await openProxyOffice({ bin: process.argv[2], proxy: `tunnels = ${most}` });

await cases.check('a host that is not listed sees what was sent and nothing else', async () => {
  received.length = 0;
  const sent = noise(5_000_000, 2);
  const { socket, status, body } = await office.workstation.connect('plain.example:443', { more: 'first words ' });
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
  const secure = await office.workstation.tls('echo.example', { ca: echoPem });
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
  assert.equal((await office.workstation.connect('dead.example:443')).status, 502);
});

function residentMiB() {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${office.gateway.pid}/status`, 'utf8'))[1]) / 1024;
}

await cases.check('as many idle tunnels as there may be take little, and nobody waits for them', async () => {
  const before = residentMiB();
  const open = [];
  const connect = (from) => office.workstation.connect('plain.example:443', { from });
  for (const from of ['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.14']) {
    for (const full = open.length + most / 4; open.length < full;) {
      const length = Math.min(50, full - open.length);
      const some = await Promise.all(Array.from({ length }, () => connect(from)));
      for (const one of some) assert.equal(one.status, 200);
      open.push(...some);
    }
    const why = open.length < most ? /as many tunnels as one may have/ : /as many tunnels as it may/;
    await isRecorded('connect plain.example:443', why, async () => assert.equal((await connect(from)).status, 503));
  }
  assert.ok(residentMiB() - before < mostMiB, `${residentMiB() - before} MiB more`);
  assert.equal((await office.workstation.connect('plain.example:443')).status, 503);
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
    const tunnel = await office.workstation.connect('plain.example:443');
    return tunnel.status === 503 ? undefined : tunnel;
  });
  assert.equal(again.status, 200);
  again.socket.destroy();
});

cases.end();
await end();
