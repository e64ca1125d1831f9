// Starts a sandbox of its own and talks to it; nothing but what Node has.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';

export class Cloud {
  static async start(binary, { dir, flags = [] } = {}) {
    const cloud = new Cloud();
    cloud.dir = dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'sandbox-'));
    cloud.child = spawn(binary, ['--dir', cloud.dir, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    cloud.ended = new Promise((resolve) => cloud.child.on('exit', (code, signal) => resolve(code ?? signal)));
    const line = await new Promise((resolve, reject) => {
      let seen = '';
      cloud.child.stdout.on('data', (data) => {
        seen += data;
        if (seen.includes('\n')) resolve(seen.split('\n')[0]);
      });
      cloud.ended.then((code) => reject(new Error(`the sandbox ended at once: ${code}`)));
    });
    cloud.ready = Object.fromEntries(line.split(' ').slice(1).map((pair) => pair.split('=')));
    cloud.ca = fs.readFileSync(cloud.ready.ca);
    return cloud;
  }

  stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  // The listener that a host name lives on.
  address(host) {
    const name = host.startsWith('graph.') ? 'graph' : host.startsWith('login.') ? 'login' : 'tenant';
    const [address, port] = this.ready[name].split(':');
    return { address, port: Number(port) };
  }

  // `url` is sent as it is: no parser may touch what was issued.
  request(method, url, { headers = {}, body, name } = {}) {
    const [, host, target] = /^https:\/\/([^/]+)(.*)$/.exec(url);
    const { address, port } = this.address(name ?? host);
    return send(https, {
      method, host: address, port, path: target, servername: name ?? host, ca: this.ca, agent: false,
      headers: { host, ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    }, body);
  }

  graph(method, target, { headers = {}, body, token = this.token } = {}) {
    const isJson = body !== undefined && !Buffer.isBuffer(body) && typeof body === 'object';
    return this.request(method, `https://graph.microsoft.com/v1.0${target}`, {
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}),
                 ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
      body: isJson ? JSON.stringify(body) : body,
    });
  }

  control(method, target, body) {
    const [host, port] = this.ready.control.split(':');
    const text = body === undefined ? undefined : JSON.stringify(body);
    return send(http, {
      method, host, port, path: target, agent: false,
      headers: text === undefined ? {} : { 'content-length': Buffer.byteLength(text) },
    }, text);
  }

  async login(username) {
    const reply = await this.request('POST', 'https://login.microsoftonline.com/common/oauth2/v2.0/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=password&client_id=smoke&password=x&username=${encodeURIComponent(username)}`,
    });
    return reply.json.access_token;
  }
}

function send(module, options, body) {
  return new Promise((resolve, reject) => {
    const request = module.request(options, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        let json;
        try { json = JSON.parse(bytes); } catch { json = undefined; }
        resolve({ status: response.statusCode, headers: response.headers, bytes, json });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
