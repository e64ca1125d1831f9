// A whole office at once behind the proxy door: idle tunnels, and transfers that are all in the middle
// of their files at the same time while their programs take a break.
//
//   node tests/hostile/many_tunnels_test.mjs BIN_DIR TUNNELS TRANSFERS [unmeasured]
//
// The gateway's process may at no time hold more than 24 MiB for itself, 64 KiB for a tunnel (two sockets
// and their coroutines; its bytes stay in the kernel) and 1 MiB for a transfer (two TLS connections with
// large buffers): less than half of the files, so that no file is held whole. Unmeasured under a
// sanitizer, where what was freed is kept.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';

import { Office, noise, sha256 } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const [bin, tunnelCount, transferCount, unmeasured] = process.argv.slice(2);
const [tunnels, transfers] = [Number(tunnelCount), Number(transferCount)];
const kSize = 4 << 20;
const limitMib = 24 + tunnels / 16 + transfers;
const graph = 'https://graph.microsoft.com/v1.0';
const host = 'graph.microsoft.com';
const target = (i) => `/v1.0/me/drive/root:/Salassa/many-${i}.bin:/content`;
const each = (count, run) => Promise.all(Array.from({ length: count }, (_, i) => run(i)));

const echo = net.createServer((socket) => socket.on('error', () => {}).pipe(socket));
await new Promise((resolve) => echo.listen(0, '127.0.0.1', resolve));
const office = await Office.open({
  bin,
  proxy: `tunnels = ${tunnels}`,
  config: (text) => text.replace('[[policy.rule]]',
    `\n[[upstream.connect]]\nhost = "echo.example"\naddress = "127.0.0.1:${echo.address().port}"\n\n[[policy.rule]]`),
});
const token = await office.login();
await office.folder('Salassa');
const station = office.workstation;
const cases = new Cases();
const authorization = `Bearer ${token}`;

async function say(tunnel, text) {
  const heard = new Promise((resolve, reject) => {
    tunnel.socket.once('data', resolve);
    tunnel.socket.once('close', () => reject(new Error('the tunnel ended')));
  });
  tunnel.socket.resume();
  tunnel.socket.write(text);
  assert.equal(String(await heard), text);
}

// Somebody else's small requests and words in a tunnel, while everything waits.
async function isServed(tunnel) {
  const reply = await station.request('GET', `${graph}/me/drive/root:/Salassa`, { token });
  assert.equal(reply.status, 200, String(reply.bytes));
  await say(tunnel, 'in the middle');
}

function answerOf(request) {
  return new Promise((resolve, reject) => request.on('error', reject).on('response', resolve));
}

async function whole(response) {
  const pieces = [];
  for await (const piece of response) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function ask(method, i, headers = {}) {
  const socket = await station.tls(host);
  return https.request({ method, path: target(i), createConnection: () => socket, headers: { host, authorization, ...headers } });
}

// The first half of a file; what was returned sends the rest and is done when that is answered.
async function beginUpload(i) {
  const bytes = noise(kSize, i);
  office.secret(bytes);
  const request = await ask('PUT', i, { 'content-length': kSize });
  const answer = answerOf(request);
  await new Promise((resolve, reject) => request.on('error', reject).write(bytes.subarray(0, kSize / 2), resolve));
  return async () => {
    request.end(bytes.subarray(kSize / 2));
    const response = await answer;
    const text = await whole(response);
    assert.equal(response.statusCode, 201, String(text));
    assert.equal(JSON.parse(text).size, kSize);
  };
}

// The head of an answer whose body nobody reads yet; what was returned reads it.
async function beginDownload(i) {
  const request = await ask('GET', i);
  const answer = answerOf(request);
  request.end();
  const response = await answer;
  assert.equal(response.statusCode, 200);
  return async () => assert.equal(sha256(await whole(response)), sha256(noise(kSize, i)), `many-${i}.bin`);
}

const open = [];
await cases.check(`${tunnels} tunnels are opened and say nothing`, async () => {
  while (open.length < tunnels) {
    const some = await each(Math.min(50, tunnels - open.length),
      (i) => station.connect('echo.example:443', { from: `127.0.0.${11 + (i % 5)}` }));  // one may have a quarter
    for (const one of some) assert.equal(one.status, 200);
    open.push(...some);
  }
});

for (const [what, begin] of [['sent', beginUpload], ['fetched', beginDownload]]) {
  await cases.check(`${transfers} files are ${what} at once, and nobody else waits for them`, async () => {
    const rest = await each(transfers, begin);
    await isServed(open[0]);
    await Promise.all(rest.map((finish) => finish()));
  });
}

await cases.check('what the vendor holds is sealed, all of it', async () => {
  const { items } = (await office.cloud.control('GET', '/state')).json;
  const stored = items.filter(({ name }) => /^many-\d+\.bin$/.test(name));
  assert.equal(stored.length, transfers);
  for (const { size } of stored) assert.equal(size, 512 + kSize + 16 * (kSize / 16384 + 1));
});

await cases.check('every tunnel is still there', async () => {
  await Promise.all(open.map((one, i) => say(one, `still there ${i}`)));
});

await cases.check(`the gateway never held more than ${Math.ceil(limitMib)} MiB`, () => {
  const status = fs.readFileSync(`/proc/${office.gateway.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024;
  console.log(`${tunnels} tunnels, ${transfers} transfers of ${kSize >> 20} MiB: VmHWM ${peak.toFixed(1)} MiB`);
  assert.ok(unmeasured !== undefined || peak < limitMib, `VmHWM ${peak} MiB`);
});

for (const { socket } of open) socket.destroy();
echo.close();
try {
  await office.stop();
} finally {
  cases.end();
}
