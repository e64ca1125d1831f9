// One body up or down over a kept connection, as cheap for this process as Node allows: it shares
// the machine with what is measured.
import crypto from 'node:crypto';
import https from 'node:https';

import { encodePath } from '../../support/office.mjs';

const kPiece = Buffer.from(crypto.randomBytes(1024 * 1024));

export class Client {
  constructor({ port, ca, token }) {
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    this.options = {
      host: '127.0.0.1', servername: 'localhost', port, ca, agent: this.agent,
      minVersion: 'TLSv1.3', ciphers: 'TLS_AES_256_GCM_SHA384',
    };
    this.token = token;
  }

  request(method, drivePath, headers = {}, suffix = ':/content') {
    return https.request({
      ...this.options, method, path: `/v1.0/me/drive/root:${encodePath(drivePath)}${suffix}`,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
    });
  }

  upload(drivePath, mib) {
    const request = this.request('PUT', drivePath, { 'content-length': mib * kPiece.length });
    let left = mib;
    const go = () => {
      while (left > 0) {
        left -= 1;
        if (!request.write(kPiece)) {
          request.once('drain', go);
          return;
        }
      }
      request.end();
    };
    go();
    return finished(request, 201, () => {});
  }

  // `check` also compares the content: for rounds that are not counted.
  async download(drivePath, mib, check) {
    const hash = check ? crypto.createHash('sha256') : null;
    let got = 0;
    await finished(this.request('GET', drivePath).end(), 200, (data) => {
      got += data.length;
      hash?.update(data);
    });
    if (got !== mib * kPiece.length) throw new Error(`${drivePath}: ${got} bytes came down`);
    if (hash && hash.digest('hex') !== expected(mib)) throw new Error(`${drivePath}: wrong bytes came down`);
  }

  remove(drivePath) {
    return finished(this.request('DELETE', drivePath, {}, ':').end(), 204, () => {});
  }

  close() { this.agent.destroy(); }
}

function expected(mib) {
  const hash = crypto.createHash('sha256');
  for (let i = 0; i < mib; i += 1) hash.update(kPiece);
  return hash.digest('hex');
}

function finished(request, status, onData) {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let refusal = '';
      response.on('data', (data) => {
        if (response.statusCode === status) onData(data);
        else refusal += data;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === status) resolve();
        else reject(new Error(`${request.method}: ${response.statusCode} ${refusal}`));
      });
    });
  });
}
