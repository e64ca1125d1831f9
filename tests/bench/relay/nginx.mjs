// Starts the nginx of the comparison in front of the same cloud, under the gateway's certificate.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

import { freePort } from '../../support/office.mjs';

const kBinaries = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'];

export class Nginx {
  static async start(office) {
    const binary = kBinaries.find((candidate) => fs.existsSync(candidate));
    if (!binary) throw new Error('nginx is not installed: tools/setup --slow installs it');
    const nginx = new Nginx();
    nginx.port = await freePort();
    const dir = path.join(office.dir, 'nginx');
    fs.mkdirSync(dir);
    const values = {
      DIR: dir,
      PORT: nginx.port,
      ORIGIN: office.cloud.ready.graph,
      CA: office.cloud.ready.ca,
      CERTIFICATE: path.join(office.home, 'tls', 'server.pem'),
      KEY: path.join(office.home, 'tls', 'server.key'),
    };
    const template = fs.readFileSync(new URL('nginx.conf', import.meta.url), 'utf8');
    const file = path.join(dir, 'nginx.conf');
    fs.writeFileSync(file, template.replace(/@([A-Z]+)@/g, (_, name) => values[name]));
    nginx.child = spawn(binary, ['-e', path.join(dir, 'error.log'), '-c', file], { stdio: 'inherit' });
    nginx.ended = new Promise((resolve) => nginx.child.on('exit', resolve));
    await Promise.race([answers(nginx.port, office.ca),
      nginx.ended.then((code) => { throw new Error(`nginx ended at once: ${code}`); })]);
    return nginx;
  }

  // The master, which does nothing, and its one worker.
  get pids() {
    const { pid } = this.child;
    const workers = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return [pid, ...workers.map(Number)];
  }

  stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

function answersOnce(port, ca) {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
      socket.end();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function answers(port, ca) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answersOnce(port, ca)) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error('nginx does not answer');
}
