// The gateway under measurement: an installation as `kerros init` makes it, with one thread for
// traffic and a given cipher backend.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { freePort } from '../../support/office.mjs';
import { firstLine, start, stop } from './process.mjs';

export class Gateway {
  // backend: of kerros.toml. furnish(home): may change the installation before the start.
  static async start({ bin, dir, cpu, origin, originCa, backend, furnish = () => {} }) {
    const gateway = new Gateway();
    gateway.bin = bin;
    gateway.dir = dir;
    gateway.cpu = cpu;
    gateway.port = await freePort();
    gateway.home = path.join(dir, 'home');
    fs.mkdirSync(dir);
    const made = spawnSync(path.join(bin, 'kerros'), ['init', gateway.home,
      '--graph-listen', `127.0.0.1:${gateway.port}`, '--admin-listen', `127.0.0.1:${await freePort()}`,
      '--proxy-listen', `127.0.0.1:${await freePort()}`,
      ...['graph.microsoft.com', '*.sharepoint.com', 'cloud.example'].flatMap((host) => ['--upstream', `${host}=${origin}`]),
      '--upstream-ca', originCa, '--protect', '/Salassa/**'], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`kerros init failed:\n${made.stderr}`);
    gateway.config = path.join(gateway.home, 'kerros.toml');
    fs.appendFileSync(gateway.config, `\n[sealing]\nbackend = "${backend}"\n\n[limits]\nthreads = 1\n`);
    await furnish(gateway.home);
    await gateway.launch();
    return gateway;
  }

  async launch() {
    const log = path.join(this.dir, 'stderr');
    this.child = start(path.join(this.bin, 'kerros-gateway'), ['--config', this.config], { cpu: this.cpu, log });
    this.ready = await firstLine(this.child, log);
    this.proxy = / proxy=(\S+)/.exec(this.ready)?.[1];
  }

  async relaunch() {
    await stop(this.child);
    await this.launch();
  }

  get pids() { return [this.child.pid]; }
  get ca() { return path.join(this.home, 'tls', 'ca.pem'); }
  get certificate() { return path.join(this.home, 'tls', 'server.pem'); }
  get key() { return path.join(this.home, 'tls', 'server.key'); }

  async stop() {
    await stop(this.child);
    const sessions = /^sessions = "(.*)"$/m.exec(fs.readFileSync(this.config, 'utf8'))?.[1];
    if (sessions?.startsWith('/')) fs.rmSync(sessions, { recursive: true, force: true });
  }
}
