// Everything that a benchmark runs in one directory: the cloud, what stands before it, started when
// first asked for, and the load generator.
import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

import { Gateway } from './peers/gateway.mjs';
import { Nginx } from './peers/nginx.mjs';
import { Postgres } from './peers/postgres.mjs';
import { cpuSeconds, firstLine, forgetPeak, peakMib, processors, start, stop } from './peers/process.mjs';
import { Rclone } from './peers/rclone.mjs';
import { Profile } from './profile.mjs';

const settle = () => new Promise((resolve) => { setTimeout(resolve, 50); });

// As long as the tokens of real tenants, and as full; nobody here checks its signature.
function makeToken() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'https://graph.microsoft.com', iss: 'https://sts.windows.net/contoso/', iat: 1772438400,
    nbf: 1772438400, exp: 4102444800, app_displayname: 'Office of Contoso', appid: '4765445b-32c6-49b0-83e6-1d93765276ca',
    idtyp: 'user', name: 'Ada Lovelace', oid: '8a6e1c9e-30b2-4c0a-9a53-0d3d4a0a5b11', tid: 'c0ffee00-1111-4222-8333-444455556666',
    scp: 'Files.ReadWrite.All Sites.ReadWrite.All User.Read profile openid email', upn: 'ada.lovelace@contoso.test',
    unique_name: 'ada.lovelace@contoso.test', ver: '1.0', wids: Array(8).fill('b79fbf4d-3ef9-4689-8143-76b194e85509') };
  return `${part({ typ: 'JWT', alg: 'RS256', kid: 'benchmark' })}.${part(claims)}.${'s'.repeat(342)}`;
}

export class Stage {
  #made = new Map();  // by name, promises
  #bin;

  static async open(bin) {
    const stage = new Stage();
    stage.#bin = bin;
    stage.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kerros-bench-'));
    fs.chmodSync(stage.dir, 0o711);  // PostgreSQL runs as another user
    stage.cpu = processors(os.cpus().length);
    stage.tokenFile = path.join(stage.dir, 'token');
    stage.token = makeToken();
    fs.writeFileSync(stage.tokenFile, `${stage.token}\n`);
    const dir = path.join(stage.dir, 'cloud');
    fs.mkdirSync(dir);
    const log = path.join(dir, 'stderr');
    stage.cloud = start(path.join(bin, 'bench_cloud'), [dir, String(stage.cpu.ends)], { cpu: stage.cpu.ends, log });
    const [, port, ca] = /port=(\d+) ca=(\S+)/.exec(await firstLine(stage.cloud, log));
    stage.origin = `127.0.0.1:${port}`;
    stage.originCa = ca;
    return stage;
  }

  program(name) { return path.join(this.#bin, name); }

  #once(name, make) {
    if (!this.#made.has(name)) this.#made.set(name, make(path.join(this.dir, name)));
    return this.#made.get(name);
  }

  // `name` tells apart gateways that differ in more than the backend.
  gateway(backend, { name = `gateway-${backend}`, furnish } = {}) {
    return this.#once(name, (dir) => Gateway.start({ bin: this.#bin, dir, cpu: this.cpu.measured, origin: this.origin,
      originCa: this.originCa, backend, furnish }));
  }

  async #peer(name, Peer, more = {}) {
    const { certificate, key } = await this.gateway('auto');
    return this.#once(name, (dir) => Peer.start({ dir, cpu: this.cpu.measured, origin: this.origin,
      originCa: this.originCa, certificate, key, ...more }));
  }
  nginx(name = 'nginx') { return this.#peer(name, Nginx, { template: 'nginx.conf' }); }
  nginxStream() { return this.#peer('nginx-stream', Nginx, { template: 'nginx_stream.conf' }); }
  rclone() { return this.#peer('rclone', Rclone); }
  postgres() { return this.#once('postgres', (dir) => Postgres.start(dir)); }

  // Ends what was made under this name; it can be made anew under another.
  async end(name) {
    const one = await this.#made.get(name);
    this.#made.delete(name);
    await one.stop();
  }

  async close() {
    const all = await Promise.allSettled(this.#made.values());
    await Promise.allSettled(all.filter((one) => one.status === 'fulfilled').map((one) => one.value.stop()));
    await stop(this.cloud);
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  // Runs one job of the load generator against `target` ({ to | through, host, ca, pids }) and returns what
  // it says, the CPU that the target's processes had meanwhile, and the largest memory they held. While
  // `profileInto` names a file, the processes are sampled as well.
  async load(target, job, { whileOpen = () => {} } = {}) {
    const flags = Object.entries({ to: target.to, through: target.through, host: target.host ?? 'localhost',
      ca: target.ca, token: this.tokenFile, processor: this.cpu.ends, ...job })
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
    const log = path.join(this.dir, 'load');
    const child = start(this.program('bench_load'), flags, { cpu: this.cpu.ends, log });
    await firstLine(child, log);
    const pids = target.pids();
    const profile = this.profileInto === undefined ? undefined : await Profile.start(pids, this.profileInto);
    forgetPeak(pids);
    const before = cpuSeconds(pids);
    child.stdin.write('\n');
    const line = await Promise.race([once(child.stdout, 'data').then(([data]) => String(data)), child.ended]);
    if (typeof line !== 'string' || !line.startsWith('{'))
      throw new Error(`bench_load ${flags.join(' ')}:\n${fs.readFileSync(log, 'utf8').slice(-2000)}`);
    await settle();  // what is done after the last answer belongs to the work too
    const cpu = cpuSeconds(pids) - before;
    const peak = peakMib(pids);
    await profile?.stop();
    await whileOpen();
    child.stdin.end('\n');
    await child.ended;
    return { ...JSON.parse(line), cpu, peak };
  }

  // One request of our own: { status, json }.
  ask(target, method, raw, body) {
    const [host, port] = target.to.split(':');
    return new Promise((resolve, reject) => {
      const request = https.request({ method, host, port, path: raw, ca: fs.readFileSync(target.ca), agent: false,
        servername: 'localhost', minVersion: 'TLSv1.3', ciphers: tls.DEFAULT_CIPHERS,
        headers: { authorization: `Bearer ${this.token}` } }, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const text = String(Buffer.concat(pieces));
          if (response.statusCode >= 300) reject(new Error(`${method} ${raw}: ${response.statusCode} ${text.slice(0, 500)}`));
          else resolve(text === '' ? undefined : JSON.parse(text));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}
