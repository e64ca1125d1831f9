// Stands on the wire before the cloud and keeps every body that is sent there, however far it came:
// what the enemy has seen although the request was never finished.
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

const kNothing = Buffer.alloc(0);

// One connection's requests, cut apart: heads, and the bodies of those that `wanted` chooses.
class Requests {
  #head = kNothing;
  #left = 0;
  #body = null;

  constructor(keep) { this.keep = keep; }

  take(bytes) {
    while (bytes.length > 0) {
      if (this.#left > 0) {
        const part = bytes.subarray(0, this.#left);
        this.#body?.push(part);
        this.#left -= part.length;
        bytes = bytes.subarray(part.length);
        continue;
      }
      this.#head = Buffer.concat([this.#head, bytes]);
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      bytes = this.#head.subarray(end + 4);
      this.#begin(this.#head.subarray(0, end).toString('latin1'));
      this.#head = kNothing;
    }
  }

  #begin(text) {
    const [line, ...fields] = text.split('\r\n');
    const [method, target] = line.split(' ');
    const field = (name) => fields.find((f) => f.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
    this.#left = Number(field('content-length') ?? 0);
    this.#body = this.#left > 0 ? this.keep({ method, target, range: field('content-range') }) : null;
  }
}

export class Wiretap {
  requests = [];  // { method, target, range, pieces }
  #servers = [];

  // For Office.open({ between }): the addresses that the gateway shall use.
  async before(cloud) {
    const dir = path.join(cloud.dir, 'tls');
    const own = { key: fs.readFileSync(path.join(dir, 'server.key')), cert: fs.readFileSync(path.join(dir, 'server.pem')) };
    return { graph: await this.#listen(own, cloud, cloud.ready.graph),
             tenant: await this.#listen(own, cloud, cloud.ready.tenant) };
  }

  // What was kept since the last call.
  take() { return this.requests.splice(0); }

  stop() { for (const server of this.#servers) server.close(); }

  async #listen(own, cloud, address) {
    const server = tls.createServer(own, (near) => this.#relay(near, cloud, address));
    server.on('tlsClientError', () => {});
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return `127.0.0.1:${server.address().port}`;
  }

  #relay(near, cloud, address) {
    const [host, port] = address.split(':');
    const far = tls.connect({ host, port, servername: near.servername || 'graph.microsoft.com', ca: cloud.ca });
    const requests = new Requests(({ method, target, range }) => {
      const pieces = [];
      if (method === 'PUT') this.requests.push({ method, target, range, pieces });
      return pieces;
    });
    near.on('data', (bytes) => requests.take(bytes));
    near.pipe(far);
    far.pipe(near);
    for (const [one, another] of [[near, far], [far, near]]) {
      one.on('error', () => another.destroy());
      one.on('close', () => another.destroy());
    }
  }
}
