// How much memory the gateway ever held: one large file up and down, then many at once.
//
//   node memory_test.mjs BIN_DIR [SINGLE_MIB [COUNT EACH_MIB]]
//
// VmHWM is what the kernel remembers as the largest resident set of a process's life; each half has
// a gateway of its own. The limits hold for the release build; an instrumented one needs more.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';

import { Cases } from '../support/cases.mjs';
import { Office, encodePath } from '../support/office.mjs';

const [bin, singleMib = '2048', count = '32', eachMib = '256'] = process.argv.slice(2);
const kMib = 1024 * 1024;
const kPiece = kMib;
const kSingleLimitMib = 64;
const kManyLimitMib = 256;

// The bytes of one file, a piece at a time, and their hash: nobody here holds more than a piece.
function* pieces(size, seed) {
  const key = crypto.createHash('sha256').update(`memory ${seed}`).digest();
  const cipher = crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(kPiece);
  for (let at = 0; at < size; at += kPiece) yield cipher.update(zeros.subarray(0, Math.min(kPiece, size - at)));
}

function options(office, method, drivePath, headers) {
  return {
    method, host: '127.0.0.1', servername: 'localhost', port: office.port, ca: office.ca, agent: false,
    path: `/v1.0/me/drive/root:${encodePath(drivePath)}:/content`,
    headers: { authorization: `Bearer ${office.token}`, ...headers },
  };
}

// Returns the hash of what was sent, once the gateway said that it is stored.
function upload(office, drivePath, size, seed) {
  return new Promise((resolve, reject) => {
    const hash = crypto.createHash('sha256');
    const request = https.request(options(office, 'PUT', drivePath, { 'content-length': size }), (response) => {
      let text = '';
      response.on('data', (data) => { text += data; });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 201) reject(new Error(`upload: ${response.statusCode} ${text}`));
        else if (JSON.parse(text).size !== size) reject(new Error(`upload: size ${JSON.parse(text).size}`));
        else resolve(hash.digest('hex'));
      });
    });
    request.on('error', reject);
    const source = pieces(size, seed);
    const go = () => {
      for (;;) {
        const { value, done } = source.next();
        if (done) return request.end();
        hash.update(value);
        if (!request.write(value)) return request.once('drain', go);
      }
    };
    go();
  });
}

function download(office, drivePath, size) {
  return new Promise((resolve, reject) => {
    const hash = crypto.createHash('sha256');
    let got = 0;
    const request = https.request(options(office, 'GET', drivePath, {}), (response) => {
      if (response.statusCode !== 200) reject(new Error(`download: ${response.statusCode}`));
      response.on('data', (data) => {
        got += data.length;
        hash.update(data);
      });
      response.on('error', reject);
      response.on('end', () => {
        if (got !== size) reject(new Error(`download: ${got} bytes of ${size}`));
        else resolve(hash.digest('hex'));
      });
    });
    request.on('error', reject);
    request.end();
  });
}

function memory(office) {
  const text = fs.readFileSync(`/proc/${office.gateway.pid}/status`, 'utf8');
  const mib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) / 1024;
  return { peak: mib('VmHWM'), now: mib('VmRSS'), anonymous: mib('RssAnon') };
}

function report(what, office) {
  const seen = memory(office);
  console.log(`      ${what}: VmHWM ${seen.peak.toFixed(1)} MiB, at the end ${seen.now.toFixed(1)} MiB`
    + ` of which anonymous ${seen.anonymous.toFixed(1)} MiB`);
  return seen.peak;
}

// Really sealed, and really by a session: a gateway that passed the file on would need less.
async function assertSealed(office, name, size) {
  const stored = await office.stored(name);
  assert.ok(stored.size > size, `the cloud holds ${stored.size} bytes of ${name}`);
}

async function one(office) {
  const size = Number(singleMib) * kMib;
  report('before', office);
  const sent = await upload(office, '/Salassa/single.bin', size, 'single');
  report(`after ${singleMib} MiB up`, office);
  const got = await download(office, '/Salassa/single.bin', size);
  const peak = report(`after ${singleMib} MiB down`, office);
  assert.equal(got, sent);
  await assertSealed(office, 'single.bin', size);
  assert.ok(peak < kSingleLimitMib, `VmHWM is ${peak.toFixed(1)} MiB`);
}

async function many(office) {
  const size = Number(eachMib) * kMib;
  const names = Array.from({ length: Number(count) }, (_, i) => `many-${i}.bin`);
  const sent = await Promise.all(names.map((name) => upload(office, `/Salassa/${name}`, size, name)));
  report(`after ${count} x ${eachMib} MiB up at once`, office);
  const got = await Promise.all(names.map((name) => download(office, `/Salassa/${name}`, size)));
  const peak = report(`after ${count} x ${eachMib} MiB down at once`, office);
  assert.deepEqual(got, sent);
  assert.equal(new Set(sent).size, names.length);
  await assertSealed(office, names.at(-1), size);
  assert.ok(peak < kManyLimitMib, `VmHWM is ${peak.toFixed(1)} MiB`);
}

const office = await Office.open({ bin, watch: false });
await office.login();
await office.folder('Salassa');
const cases = new Cases();
cases.it(`one file of ${singleMib} MiB goes up and down below ${kSingleLimitMib} MiB of memory`,
  () => one(office));
cases.it(`${count} files of ${eachMib} MiB at once go up, then down, below ${kManyLimitMib} MiB of memory`, async () => {
  await office.graph('DELETE', '/me/drive/root:/Salassa/single.bin:');
  await office.killGateway('SIGTERM');
  await office.startGateway();
  await many(office);
});
await cases.play();
await office.stop();
