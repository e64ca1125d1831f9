// A whole office for one test: a sandbox cloud, an installation of ours, a running gateway, and
// clients on both sides. Everything lies in one temporary directory and ends with stop(), which also
// searches what the cloud received: nothing that was sent to a protected place may be in it in clear.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { Cloud } from '../sandbox/cloud.mjs';
import { LeakScan, samplesOf } from './leaks.mjs';
import { makeAuthority, ProxyClient } from './proxy_client.mjs';

// Offices that nobody has stopped yet. A test that ends by an exception leaves nothing running.
const open = new Set();
const kReadings = new Set(['tail', 'query', 'export']);
process.on('exit', () => { for (const office of open) office.abandon(); });
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]])
  process.once(signal, () => { if (process.listenerCount(signal) === 0) process.exit(code); });  // who listens decides

export class Office {
  #scan = new LeakScan();
  #sealedPlaces = new Set();  // ids of items and upload URLs that a protected place answered with

  // bin: the directory of the programs. protect: globs. init: more flags of `kerros init`.
  // config(text, home): may change kerros.toml before the gateway starts. between(cloud): puts something
  // between gateway and cloud and answers the addresses { graph, tenant } to use instead. watch: false
  // where the cloud would have to keep more than a disk holds; nothing is searched then. proxy: lines of
  // [proxy] beside its address; with them, or true, the proxy door is open and `workstation` behind it.
  static async open(options) {
    const office = new Office();
    open.add(office);
    try {
      await office.#furnish(options);
    } catch (error) {
      // What had started would keep the test from ending; why it did not start is what matters.
      await office.stop().catch(() => {});
      throw error;
    }
    return office;
  }

  async #furnish({ bin, protect = ['/Salassa/**'], cloudFlags = [], init = [], config, between, watch = true, proxy }) {
    this.bin = bin;
    this.watch = watch;
    this.protectedFolders = protect.filter((glob) => glob.endsWith('/**')).map((glob) => glob.slice(0, -2).toLowerCase());
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'office-'));
    this.cloud = await Cloud.start(path.join(bin, 'kerros-sandbox'),
      { dir: path.join(this.dir, 'cloud'), flags: [...cloudFlags, ...(watch ? ['--record-bodies'] : [])] });
    const upstream = between ? await between(this.cloud) : this.cloud.ready;
    this.port = await freePort();
    this.adminPort = await freePort();
    this.home = path.join(this.dir, 'home');
    const made = spawnSync(path.join(bin, 'kerros'), [
      'init', this.home, '--graph-listen', `127.0.0.1:${this.port}`,
      '--admin-listen', `127.0.0.1:${this.adminPort}`,
      '--upstream', `graph.microsoft.com=${upstream.graph}`,
      '--upstream', `*.sharepoint.com=${upstream.tenant}`,
      '--upstream-ca', this.cloud.ready.ca,
      ...protect.flatMap((glob) => ['--protect', glob]), ...init], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`kerros init failed:\n${made.stderr}`);
    this.configFile = path.join(this.home, 'kerros.toml');
    if (config) fs.writeFileSync(this.configFile, config(fs.readFileSync(this.configFile, 'utf8'), this.home));
    this.ca = fs.readFileSync(path.join(this.home, 'tls', 'ca.pem'));
    if (proxy !== undefined) this.#openProxyDoor(proxy === true ? '' : proxy);
    await this.startGateway();
  }

  #openProxyDoor(lines) {
    this.proxyCa = makeAuthority(this.home);
    fs.appendFileSync(this.configFile, `\n[proxy]\nlisten = "127.0.0.1:0"\n${lines}\n`);
  }

  // A client of the proxy door, which moves when the gateway starts again.
  get workstation() {
    const address = / proxy=(\S+)/.exec(this.ready)[1];
    return new ProxyClient({ address, ca: this.proxyCa, user: this.proxyUser });
  }

  async startGateway({ env = {}, wrapper = [] } = {}) {
    const command = [...wrapper, path.join(this.bin, 'kerros-gateway'), '--config', this.configFile];
    const log = fs.openSync(path.join(this.dir, 'gateway.log'), 'a');
    this.gateway = spawn(command[0], command.slice(1),
      { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...env } });
    fs.closeSync(log);
    const child = this.gateway;
    this.gatewayEnded = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    let timer;
    this.ready = await new Promise((resolve, reject) => {
      let seen = '';
      child.stdout.on('data', (data) => {
        seen += data;
        if (seen.includes('\n')) resolve(seen.split('\n')[0]);
      });
      this.gatewayEnded.then((code) => reject(new Error(
        `the gateway ended at once (${code}):\n${this.gatewayLog().slice(-2000)}`)));
      timer = setTimeout(() => reject(new Error('the gateway is not ready after two minutes')), 120_000);
    }).finally(() => clearTimeout(timer));
    return this.ready;
  }

  gatewayLog() { return fs.readFileSync(path.join(this.dir, 'gateway.log'), 'utf8'); }

  killGateway(signal = 'SIGKILL') {
    this.gateway.kill(signal);
    return this.gatewayEnded;
  }

  // Ends everything; removes the directory unless the test failed before. Throws when the cloud had
  // received in clear what was to be sealed.
  async stop({ keep = false } = {}) {
    if (this.gateway?.exitCode === null && this.gateway.signalCode === null) await this.killGateway('SIGTERM');
    await this.cloud?.stop();
    open.delete(this);
    const leaks = this.#leaks();
    this.#remove(keep);
    if (leaks.length > 0) throw new Error(`the cloud received in clear:\n${leaks.slice(0, 20).join('\n')}`);
  }

  // The same at once, for a process that is about to end: nothing is searched.
  abandon() {
    for (const child of [this.gateway, this.cloud?.child]) child?.kill('SIGKILL');
    this.#remove(false);
  }

  #remove(keep) {
    if (!keep) {
      const settings = this.configFile === undefined ? '' : fs.readFileSync(this.configFile, 'utf8');
      const sessions = /^sessions = "(.*)"$/m.exec(settings)?.[1];
      if (sessions?.startsWith('/')) fs.rmSync(sessions, { recursive: true, force: true });
      fs.rmSync(this.dir, { recursive: true, force: true });
    }
  }

  #leaks() {
    if (!this.watch || this.#scan.isEmpty) return [];
    const { hits, searched } = this.#scan.in(this.cloud.dir);
    if (hits.length === 0) console.log(`      nothing in clear in ${(searched / 1e6).toFixed(1)} MB that the cloud received`);
    return hits;
  }

  // Of these bytes, or this text, nothing may reach the cloud in clear. What graph() sends to a
  // protected place is declared by itself. `whole: false` for a piece of a file.
  secret(bytes, options) { if (this.watch) this.#scan.add(samplesOf(bytes), options); }

  // The same for what another process sent: what samplesOf() said there.
  secretSamples(samples) { this.#scan.add(samples); }

  // The log is read for a purpose; tests have one, which need not be said each time.
  kerros(...args) {
    if (args[0] === 'audit' && kReadings.has(args[1]) && !args.includes('--purpose')) args.push('--purpose', 'test');
    const run = spawnSync(path.join(this.bin, 'kerros'), [...args, '--config', this.configFile],
      { encoding: 'utf8', maxBuffer: 1 << 30 });
    return { code: run.status, out: run.stdout, err: run.stderr };
  }

  get base() { return `https://localhost:${this.port}/v1.0`; }

  async login(username = 'aino@contoso.test') {
    this.token = await this.cloud.login(username);
    return this.token;
  }

  // A request through the gateway. `target` below /v1.0, or a whole URL of the gateway's own.
  // body: Buffer, string, object (sent as JSON) or a Readable with headers of its own.
  graph(method, target, { headers = {}, body, token = this.token, agent = this.agent } = {}) {
    const url = target.startsWith('https://') ? target : this.base + target;
    const [, , raw] = /^https:\/\/([^/]+)(.*)$/.exec(url);
    const own = raw.startsWith('/kerros/');
    const sealed = this.#isSealed(raw, url);
    if (sealed && method === 'PUT') this.#declare(body, headers);
    const isJson = body !== undefined && typeof body === 'object' && !Buffer.isBuffer(body) && !body.pipe;
    const bytes = isJson ? JSON.stringify(body) : body;
    return new Promise((resolve, reject) => {
      const request = https.request({
        method, host: '127.0.0.1', servername: 'localhost', port: this.port, path: raw, ca: this.ca, agent: agent ?? false,
        headers: {
          ...(token && !own ? { authorization: `Bearer ${token}` } : {}),
          ...(isJson ? { 'content-type': 'application/json' } : {}),
          ...(bytes !== undefined && !bytes.pipe ? { 'content-length': Buffer.byteLength(bytes) } : {}),
          ...headers,
        },
      }, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('aborted')));
        response.on('end', () => {
          const all = Buffer.concat(pieces);
          let json;
          try { json = JSON.parse(all); } catch { json = undefined; }
          if (sealed && response.statusCode < 300) this.#learn(method, json);
          resolve({ status: response.statusCode, headers: response.headers, bytes: all, json });
        });
      });
      request.on('error', reject);
      if (bytes?.pipe) bytes.pipe(request);
      else request.end(bytes);
    });
  }

  #isSealed(raw, url) {
    if (this.#sealedPlaces.has(url)) return true;
    const id = /\/items\/([^/:?]+)\/(?:content|createUploadSession)(?:\?|$)/.exec(raw)?.[1];
    if (id !== undefined) return this.#sealedPlaces.has(id);
    const folder = /\/root:(\/.*)$/.exec(raw)?.[1].toLowerCase();
    return folder !== undefined && this.protectedFolders.some((one) => folder.startsWith(one));
  }

  #declare(body, headers) {
    if (!this.watch || !Buffer.isBuffer(body)) return;
    const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
    this.secret(body, { whole: total === undefined });
    if (total !== undefined && Number(total) <= Number.MAX_SAFE_INTEGER) this.#scan.addSize(Number(total));
  }

  #learn(method, json) {
    if (method === 'PUT' && json?.id) this.#sealedPlaces.add(json.id);
    if (method === 'POST' && json?.uploadUrl) this.#sealedPlaces.add(json.uploadUrl);
  }

  async folder(name, parent = '/me/drive/root') {
    const made = await this.graph('POST', `${parent}/children`, { body: { name, folder: {} } });
    if (made.status !== 201) throw new Error(`folder ${name}: ${made.status} ${made.bytes}`);
    return made.json;
  }

  put(drivePath, bytes, options = {}) {
    return this.graph('PUT', `/me/drive/root:${encodePath(drivePath)}:/content`, { body: bytes, ...options });
  }

  get(drivePath, options = {}) {
    return this.graph('GET', `/me/drive/root:${encodePath(drivePath)}:/content`, options);
  }

  // What the vendor holds: items by name, their stored bytes as a file.
  async stored(name) {
    const state = (await this.cloud.control('GET', '/state')).json;
    return state.items.find((item) => item.name === name);
  }
}

export function encodePath(text) {
  return text.split('/').map(encodeURIComponent).join('/');
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Bytes that look random and can be made again from their seed.
export function noise(size, seed = 1) {
  const key = crypto.createHash('sha256').update(`noise ${seed}`).digest();
  return crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// A generator of numbers that is the same on every run.
export function randomFrom(seed) {
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}
