// A workstation behind the proxy door: asks for tunnels as any HTTPS client does, trusts the
// authority it was given, and sends what it is told, well formed or not. Also makes that authority.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

// An authority for `home`, where the configuration looks for it by default.
export function makeAuthority(home) {
  const key = path.join(home, 'secrets', 'proxy-ca.key');
  const certificate = path.join(home, 'tls', 'proxy-ca.pem');
  fs.mkdirSync(path.dirname(key), { recursive: true, mode: 0o700 });
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '400', '-subj', '/CN=Office interception', '-addext', 'basicConstraints=critical,CA:TRUE',
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', key, '-out', certificate], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  fs.chmodSync(key, 0o400);
  return fs.readFileSync(certificate);
}

const kPatience = 60_000;  // milliseconds, with a machine that is slow

export class ProxyClient {
  constructor({ address, ca, user }) {
    const colon = address.lastIndexOf(':');
    this.host = address.slice(0, colon);
    this.port = Number(address.slice(colon + 1));
    this.ca = ca;
    this.user = user;
  }

  // Octets to the door as they are; everything that comes back until its end or a reset.
  raw(octets, { port = this.port, from } = {}) {
    return new Promise((resolve, reject) => {
      const pieces = [];
      const socket = net.connect({ port, host: this.host, localAddress: from }, () => socket.write(octets));
      socket.setTimeout(kPatience, () => socket.destroy(new Error('no end of the connection')));
      socket.on('data', (piece) => pieces.push(piece));
      socket.on('error', (error) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
      socket.on('end', () => socket.end());
      socket.on('close', () => {
        const text = Buffer.concat(pieces).toString('latin1');
        resolve({ status: Number(text.split(' ')[1]), text });
      });
    });
  }

  // Asks for a tunnel. `more` leaves with the request, before any answer; `from` is the own address.
  connect(authority, { fields = [], more = '', user = this.user, from } = {}) {
    const named = user === undefined ? [] : [`Proxy-Authorization: Basic ${Buffer.from(user).toString('base64')}`];
    return new Promise((resolve, reject) => {
      let seen = Buffer.alloc(0);
      const socket = net.connect({ port: this.port, host: this.host, localAddress: from }, () => socket.write(
        [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...named, ...fields, '', more].join('\r\n')));
      const done = () => {
        const end = seen.indexOf('\r\n\r\n');
        const head = seen.subarray(0, end < 0 ? seen.length : end).toString('latin1');
        resolve({ socket, head, status: Number(head.split(' ')[1]), body: seen.subarray(end < 0 ? seen.length : end + 4) });
      };
      const take = (data) => {
        seen = Buffer.concat([seen, data]);
        if (!seen.toString('latin1').startsWith('HTTP/1.1 200')) return;
        if (!seen.includes('\r\n\r\n')) return;
        socket.pause();
        socket.off('data', take);
        socket.off('close', done);
        socket.setTimeout(0);
        done();
      };
      socket.setTimeout(kPatience, () => socket.destroy(new Error(`no answer to CONNECT ${authority}`)));
      socket.on('data', take);
      socket.on('error', (error) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
      socket.on('end', () => socket.end());
      socket.on('close', done);
    });
  }

  // TLS through a tunnel to `host`; rejects as the handshake does.
  async tls(host, { port = 443, servername = host, ca = this.ca, ...more } = {}) {
    const tunnel = await this.connect(`${host}:${port}`);
    if (tunnel.status !== 200) throw new Error(`no tunnel to ${host}: ${tunnel.head}`);
    return new Promise((resolve, reject) => {
      const secure = tls.connect({ socket: tunnel.socket, servername, ca, ...more }, () => resolve(secure));
      secure.on('error', reject);
    });
  }

  // A whole request to a real host name, through a tunnel of its own.
  async request(method, url, { headers = {}, body, token, ...options } = {}) {
    const [, host, target] = /^https:\/\/([^/]+)(.*)$/.exec(url);
    const socket = await this.tls(host, options);
    const isJson = body !== undefined && typeof body === 'object' && !Buffer.isBuffer(body);
    const bytes = isJson ? JSON.stringify(body) : body;
    return new Promise((resolve, reject) => {
      const request = https.request({
        method, path: target, createConnection: () => socket,
        headers: {
          host, ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(isJson ? { 'content-type': 'application/json' } : {}),
          ...(bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) }), ...headers,
        },
      }, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('aborted')));
        response.on('end', () => {
          socket.destroy();
          const all = Buffer.concat(pieces);
          let json;
          try { json = JSON.parse(all); } catch { json = undefined; }
          resolve({ status: response.statusCode, headers: response.headers, bytes: all, json });
        });
      });
      request.on('error', reject);
      request.end(bytes);
    });
  }
}
