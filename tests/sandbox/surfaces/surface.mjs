// One surface of the sandbox, tried step by step: node SURFACE.mjs PATH-OF-kerros-sandbox
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Cloud } from '../cloud.mjs';

export async function trySurface(steps) {
  const cloud = await Cloud.start(process.argv[2]);
  try {
    cloud.token = await cloud.login('aino@contoso.test');
    cloud.ville = await cloud.login('ville@contoso.test');
    cloud.shared = (await cloud.graph('GET', '/sites/root/drive')).json.id;
    cloud.mine = (await cloud.graph('GET', '/me/drive')).json.id;
    for (const [name, step] of Object.entries(steps)) {
      await step(cloud);
      await cloud.control('DELETE', '/switches');
      console.log(`ok  ${name}`);
    }
  } finally {
    cloud.child.kill('SIGKILL');
    fs.rmSync(cloud.dir, { recursive: true, force: true });
  }
}

// A file at a path of my drive, as its driveItem.
export async function file(cloud, path, text = `the words of ${path}`) {
  const steps = path.split('/').map(encodeURIComponent);
  for (let i = 0; i + 1 < steps.length; i++) {
    const parent = i === 0 ? 'root' : `root:/${steps.slice(0, i).join('/')}:`;
    await json(cloud, 'POST', `/me/drive/${parent}/children`, { name: decodeURIComponent(steps[i]), folder: {},
      '@microsoft.graph.conflictBehavior': 'replace' }, 201);
  }
  const made = await cloud.graph('PUT', `/me/drive/root:/${steps.join('/')}:/content`, { body: Buffer.from(text) });
  assert.ok(made.status === 200 || made.status === 201, `${path}: ${made.status} ${made.bytes}`);
  return made.json;
}

export async function json(cloud, method, target, body, status = 200, options = {}) {
  const reply = await cloud.graph(method, target, { ...options, body });
  assert.equal(reply.status, status, `${method} ${target}: ${reply.status} ${reply.bytes}`);
  return reply.json;
}

export const get = (cloud, target, options) => json(cloud, 'GET', target, undefined, 200, options);

export async function text(cloud, target, options) {
  const reply = await cloud.graph('GET', target, options);
  assert.equal(reply.status, 302, `${target}: ${reply.status} ${reply.bytes}`);
  return (await cloud.request('GET', reply.headers.location)).bytes.toString();
}

export async function turnOn(cloud, name, value = true, match = { times: 1 }) {
  assert.equal((await cloud.control('POST', '/switches', { name, value, match })).status, 200, name);
}

export const follow = (cloud, url, token = cloud.token) =>
  cloud.request('GET', url, { headers: { authorization: `Bearer ${token}` } });
