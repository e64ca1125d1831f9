// The nginx of the comparison, in front of the same cloud.
import fs from 'node:fs';
import path from 'node:path';

import { freePort } from '../../support/office.mjs';
import { listening, start, stop } from './process.mjs';

const kBinaries = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'];

export class Nginx {
  // template: "nginx.conf" or "nginx_stream.conf". certificate, key: what it shows its clients.
  static async start({ dir, template, cpu, origin, originCa, certificate, key }) {
    const binary = kBinaries.find((candidate) => fs.existsSync(candidate));
    if (!binary) throw new Error('nginx is not installed: tools/setup --bench installs it');
    const nginx = new Nginx();
    nginx.port = await freePort();
    fs.mkdirSync(dir);
    const values = { DIR: dir, PORT: nginx.port, ORIGIN: origin, CA: originCa, CERTIFICATE: certificate, KEY: key };
    const text = fs.readFileSync(new URL(template, import.meta.url), 'utf8');
    const file = path.join(dir, 'nginx.conf');
    fs.writeFileSync(file, text.replace(/@([A-Z]+)@/g, (_, name) => values[name]));
    Object.assign(nginx, { binary, dir, file, cpu });
    await nginx.launch();
    return nginx;
  }

  async launch() {
    this.child = start(this.binary, ['-e', path.join(this.dir, 'error.log'), '-c', this.file],
      { cpu: this.cpu, log: path.join(this.dir, 'stderr') });
    await listening(this.port, this.child);
  }

  async relaunch() {
    await stop(this.child);
    await this.launch();
  }

  // The master, which does nothing, and its one worker.
  get pids() {
    const { pid } = this.child;
    const workers = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return [pid, ...workers.map(Number)];
  }

  stop() { return stop(this.child); }
}
