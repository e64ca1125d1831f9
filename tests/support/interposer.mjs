// Stands between gateway and cloud and answers some requests itself: shapes of answers that a cloud
// may send and the sandbox does not. Everything else is relayed, octets of the target as received.
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

export class Interposer {
  seen = [];  // { method, target, body } of every request
  resumed = [];  // of every connection, whether it took up an earlier TLS session
  // (request) => undefined, or { status, headers, body }; body: an object, a string or a Buffer.
  answer = () => undefined;
  #server;
  #tenant;

  // tenant: whether the tenant's hosts, where sessions lead, are stood before as well.
  constructor({ tenant = false } = {}) { this.#tenant = tenant; }

  // For Office.open({ between }).
  async before(cloud) {
    const dir = path.join(cloud.dir, 'tls');
    const own = { key: fs.readFileSync(path.join(dir, 'server.key')), cert: fs.readFileSync(path.join(dir, 'server.pem')) };
    this.#server = https.createServer(own, (request, response) => this.#serve(cloud, request, response));
    this.#server.on('secureConnection', (socket) => this.resumed.push(socket.isSessionReused()));
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const here = `127.0.0.1:${this.#server.address().port}`;
    return { graph: here, tenant: this.#tenant ? here : cloud.ready.tenant };
  }

  stop() {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #serve(cloud, request, response) {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      const one = { method: request.method, target: request.url, body };
      this.seen.push(one);
      const told = this.answer(one);
      if (told !== undefined) return tell(response, told);
      relay(cloud, request, body, response);
    });
  }
}

function tell(response, { status = 200, headers = {}, body = '' }) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  response.end(bytes);
}

function relay(cloud, request, body, response) {
  const servername = request.headers.host.split(':')[0];
  const isGraph = servername === 'graph.microsoft.com';
  const [host, port] = cloud.ready[isGraph ? 'graph' : 'tenant'].split(':');
  const far = https.request({ host, port, servername, ca: cloud.ca, agent: false,
    method: request.method, path: request.url, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  far.on('error', () => response.destroy());
  far.end(body);
}
