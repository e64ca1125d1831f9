// Two hosts of Graph on the interception list: what one of them tells counts for it alone.
//
//   node tests/hostile/two_clouds_test.mjs BIN_DIR
//
// The same user asks both for the same path. Here it is an ordinary folder, there it lies in a protected
// one; whoever is asked first, each upload goes by its own cloud's word.
import assert from 'node:assert';
import https from 'node:https';

import { noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { graph, identity, listen, openProxyOffice } from './proxy_office.mjs';

const kHere = '/me/drive/root:/Tavallinen';
const kThere = 'https://graph.microsoft.us/v1.0';
const kSealed = Buffer.from('\x8bKRS\r\n\x1a\n', 'latin1');
const cases = new Cases();
const own = identity('graph.microsoft.us');

// The other cloud: it knows one folder, and where it lies, and keeps every body.
const bodies = new Map();
let asked = 0;
const folder = { id: 'F', name: 'Tavallinen', folder: { childCount: 0 }, size: 0, eTag: '"{F},1"', cTag: '"c:{F},1"',
  parentReference: { driveId: 'b!there', id: 'S', path: '/drives/b!there/root:/Salassa' } };
const other = https.createServer(own, (request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const say = (status, json) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json));
    };
    const file = /^\/v1\.0\/me\/drive\/root:\/Tavallinen\/([^:?]+):\/content/.exec(request.url)?.[1];
    if (request.method === 'PUT' && file !== undefined) {
      const body = Buffer.concat(pieces);
      bodies.set(file, body);
      return say(201, { id: `I-${file}`, name: file, size: body.length, eTag: `"{${file}},1"`, cTag: `"c:{${file}},1"`, file: {},
        parentReference: { ...folder.parentReference, id: 'F', path: '/drives/b!there/root:/Salassa/Tavallinen' } });
    }
    if (/^\/v1\.0\/me\/drive\/root:\/Tavallinen:?(\?|$)/.test(request.url)) {
      asked += 1;
      return say(200, folder);
    }
    return say(404, { error: { code: 'itemNotFound', message: 'not here' } });
  });
});

const { office, ask, end } = await openProxyOffice({
  bin: process.argv[2],
  proxy: 'intercept = ["graph.microsoft.com", "*.sharepoint.com", "graph.microsoft.us"]',
  others: { 'graph.microsoft.us': { port: await listen(other), cert: own.cert } },
});
await office.folder('Tavallinen');
const plain = noise(3000, 'two clouds');

// Each connection may come to another thread, and each thread remembers for itself.
const kTimes = 12;

await cases.check('what is ordinary here passes here', async () => {
  for (let i = 0; i < kTimes; i += 1) {
    const put = await ask('PUT', `${graph}${kHere}/here-${i}.bin:/content`, { body: plain });
    assert.equal(put.status, 201, String(put.bytes));
    assert.equal((await office.stored(`here-${i}.bin`)).size, plain.length);
  }
});

await cases.check('the same path is sealed there, where it is protected', async () => {
  for (let i = 0; i < kTimes; i += 1) await ask('PUT', `${kThere}${kHere}/there-${i}.bin:/content`, { body: plain });
  assert.ok(asked > 0, 'the other cloud was asked where the folder lies');
  assert.equal(bodies.size, kTimes);
  for (const [name, body] of bodies) {
    assert.ok(body.subarray(0, 8).equals(kSealed), `${name} is not sealed`);
    assert.ok(!body.includes(plain.subarray(0, 32)), name);
  }
});

await cases.check('and still passes here, when the other one was asked last', async () => {
  for (let i = 0; i < kTimes; i += 1) {
    await ask('PUT', `${graph}${kHere}/again-${i}.bin:/content`, { body: plain });
    assert.equal((await office.stored(`again-${i}.bin`)).size, plain.length);
  }
});

cases.end();
other.close();
await end();
