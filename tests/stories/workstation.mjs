// A workstation behind the proxy door: programs of others run on it with nothing set but a proxy and
// whom to trust, and reach the cloud by its real host names. Its office leads those to the sandbox.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

import { Office, sha256 } from '../support/office.mjs';

const kLoginHost = 'login.microsoftonline.com';

// Hosts that a test asks for by mistake are not to be looked for on the internet.
function leadTo(host, address) {
  return `\n[[upstream.connect]]\nhost = "${host}"\naddress = "${address}"\n`;
}

// An office with the proxy door open. The hosts of the login service are tunnelled, not opened.
// nowhere: other hosts that the programs ask for, which nobody answers.
export async function openOffice({ bin, nowhere = [], ...options }) {
  let cloud;
  const between = (it) => {
    cloud = it;
    return it.ready;
  };
  const config = (text) => text.replace('[[policy.rule]]',
    `${leadTo(kLoginHost, cloud.ready.login)}${nowhere.map((host) => leadTo(host, '127.0.0.1:1')).join('')}\n[[policy.rule]]`);
  return Office.open({ bin, proxy: true, between, config, ...options });
}

export class Workstation {
  // dir: where it keeps its files. proxy: another proxy than the gateway's door.
  constructor(office, { proxy } = {}) {
    this.office = office;
    this.dir = fs.mkdtempSync(path.join(office.dir, 'workstation-'));
    // What the administrator gave it, and what the cloud's login service shows.
    this.trusted = path.join(this.dir, 'trusted.pem');
    fs.writeFileSync(this.trusted, Buffer.concat([office.proxyCa, office.cloud.ca]));
    this.proxy = proxy;
  }

  get proxyUrl() {
    const { host, port } = this.office.workstation;
    return this.proxy ?? `http://${host}:${port}`;
  }

  // Nothing of this process's own surroundings: no other proxy, no other trust, no other home.
  get environment() {
    return {
      PATH: process.env.PATH, HOME: this.dir, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8',
      HTTPS_PROXY: this.proxyUrl, SSL_CERT_FILE: this.trusted,
    };
  }

  // Runs a program to its end; never throws for its exit code.
  run(program, args, { timeout = 50_000 } = {}) {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { env: this.environment, cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] });
      const pieces = { stdout: [], stderr: [] };
      for (const name of ['stdout', 'stderr']) child[name].on('data', (piece) => pieces[name].push(piece));
      const late = setTimeout(() => child.kill('SIGKILL'), timeout);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(late);
        const out = Buffer.concat(pieces.stdout);
        resolve({ code: code ?? signal, out, get text() { return out.toString(); }, err: Buffer.concat(pieces.stderr).toString() });
      });
    });
  }

  // A file tree from { 'a/b.txt': Buffer }.
  plant(folder, files) {
    for (const [name, bytes] of Object.entries(files)) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, bytes);
    }
    return folder;
  }

  path(...parts) { return path.join(this.dir, ...parts); }
}

// What the vendor holds of a file is sealed: of that size, and nothing of the file in a few places.
export async function assertSealed(office, name, bytes) {
  const stored = fs.readFileSync((await office.stored(name)).blob);
  assert.equal(stored.length, 512 + bytes.length + 16 * (Math.floor(bytes.length / 16_384) + 1), `${name} at the vendor`);
  for (let at = 0; at + 16 <= bytes.length; at += Math.ceil(bytes.length / 8))
    assert.equal(stored.indexOf(bytes.subarray(at, at + 16)), -1, `${name} in clear at ${at}`);
}

// { 'a/b.txt': sha256 } of everything below a directory, to compare two of them.
export function digests(dir) {
  const found = {};
  for (const name of fs.readdirSync(dir, { recursive: true })) {
    const file = path.join(dir, name);
    if (fs.statSync(file).isFile()) found[name] = sha256(fs.readFileSync(file));
  }
  return found;
}

// What the login service gives a program that signed a user in before.
export async function refreshToken(office, username = 'aino@contoso.test') {
  const reply = await office.cloud.request('POST', `https://${kLoginHost}/common/oauth2/v2.0/token`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=password&client_id=story&password=x&username=${encodeURIComponent(username)}`,
  });
  return reply.json.refresh_token;
}

// The same cloud without a gateway before it: a proxy that leads every host straight there.
export async function proxyPastTheGateway(cloud) {
  const server = http.createServer();
  const open = new Set();
  server.on('connect', (request, client) => {
    const { address, port } = cloud.address(request.url.split(':')[0]);
    const upstream = net.connect(port, address, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

// While `upload` sends a file of some fragments, the cloud loses an answer, is too busy in two ways, keeps
// half of a fragment, and cuts a connection.
export async function falter(cloud, upload) {
  const faults = [['fragment.lost_reply', true], ['throttle', { status: 429, retry_after: 1 }], ['fragment.half', true],
    ['throttle', { status: 503, retry_after: 1 }], ['tls.close', { after: 0, reset: true }]];
  for (const [at, [name, value]] of faults.entries()) {
    const match = { method: 'PUT', path_regex: 'uploadSession', nth: at + 1, times: 1 };
    await cloud.control('POST', '/switches', { name, value, match });
  }
  await upload();
  const rules = (await cloud.control('GET', '/switches')).json;
  await cloud.control('DELETE', '/switches');
  assert.deepEqual(rules.slice(-faults.length).map(({ applied }) => applied), faults.map(() => 1), 'each fault came about');
}

// Runs a story in an office and ends both, also when it failed.
export async function inOffice(options, story) {
  const office = await openOffice(options);
  let failed = true;
  try {
    await story(office);
    const log = office.gatewayLog();
    if (/ (error|critical) /.test(log)) throw new Error('the gateway complained');
    failed = process.exitCode !== undefined && process.exitCode !== 0;
  } catch (error) {
    console.log(error.stack);
    process.exitCode = 1;
  } finally {
    if (failed) console.log(`The gateway's last words:\n${office.gatewayLog().slice(-3000)}`);
    await office.stop({ keep: failed });
    if (failed) console.log(`kept for a look: ${office.dir}`);
  }
}
