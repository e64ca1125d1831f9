// Bad input, one line each: what is sent, the status, the Graph code and the sentence that come back,
// and the store, which is the same before and after. Then starts that must fail, by exit code and
// text, and a disk that is full.
//
//   node tests/hostile/bad_input_test.mjs BIN_DIR
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

import { Office, noise, sha256 } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const bin = process.argv[2];
const cases = new Cases();
const office = await Office.open({ bin });

// Everything in the store's data files: a refused request must leave no trace in it.
function storeHash() {
  const hash = crypto.createHash('sha256');
  for (const part of ['keys', 'items']) {
    const file = path.join(office.home, 'store', part, 'data.mdb');
    hash.update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

// A whole request as octets, for what no client library would send.
function raw(text) {
  return new Promise((resolve, reject) => {
    let seen = '';
    const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca },
      () => socket.write(text));
    socket.setTimeout(15000, () => socket.destroy(new Error('no end of the connection')));
    socket.on('data', (data) => { seen += data; });
    socket.on('error', reject);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      const [head, body = ''] = seen.split('\r\n\r\n');
      let json;
      try { json = JSON.parse(body); } catch { json = undefined; }
      resolve({ status: Number(head.split(' ')[1]), head, json });
    });
  });
}

const sentences = {
  malformed: 'The request could not be understood. Its form breaks the protocol. Correct the request and send it again.',
  ambiguous: 'The address in the request can be read in more than one way and was refused. Send it without dot segments, doubled slashes or faulty escapes.',
};

try {
  await office.login();
  await office.folder('Salassa');
  assert.equal((await office.put('/Salassa/a.bin', noise(40000))).status, 201);
  const session = async () => (await office.graph('POST',
    `/me/drive/root:/Salassa/${crypto.randomUUID()}.bin:/createUploadSession`, { body: {} })).json.uploadUrl;
  const url = await session();
  const fragment = (range, bytes = Buffer.alloc(10)) => () =>
    office.graph('PUT', url, { body: bytes, headers: range === undefined ? {} : { 'content-range': range } });
  const head = (lines, body = '0123456789') => () => raw(
    `${lines.join('\r\n')}\r\nHost: localhost\r\nAuthorization: Bearer ${office.token}\r\n\r\n${body}`);

  // what is sent | status | code | sentence (its beginning)
  const table = [
    ['a fragment without Content-Range', fragment(undefined), 400, 'invalidRequest'],
    ['a fragment with an open range', fragment('bytes 0-/10'), 400, 'invalidRequest'],
    ['a fragment of unknown total', fragment('bytes 0-9/*'), 400, 'invalidRequest'],
    ['a fragment of another unit', fragment('octets 0-9/10'), 400, 'invalidRequest'],
    ['a fragment that ends before it begins', fragment('bytes 9-0/10'), 400, 'invalidRequest'],
    ['a fragment that ends behind its total', fragment('bytes 0-9/5'), 400, 'invalidRequest'],
    ['a fragment with a negative offset', fragment('bytes -1-9/10'), 400, 'invalidRequest'],
    ['a fragment whose lengths differ', fragment('bytes 0-99/100'), 400, 'invalidRequest'],
    ['a total beyond 64 bits', fragment('bytes 0-9/99999999999999999999'), 400, 'invalidRequest'],
    ['a total beyond what the cloud holds', fragment('bytes 0-9/9223372036854775807'), 413, 'invalidRequest'],
    ['a gap', fragment('bytes 100-109/1000'), 416, 'invalidRange'],
    ['two different Content-Lengths', head(['PUT /v1.0/me/drive/root:/Salassa/x:/content HTTP/1.1', 'Content-Length: 10', 'Content-Length: 11']), 400, 'invalidRequest'],
    ['Content-Length beside chunked', head(['PUT /v1.0/me/drive/root:/Salassa/x:/content HTTP/1.1', 'Content-Length: 10', 'Transfer-Encoding: chunked']), 400, 'invalidRequest'],
    ['a Content-Length that is no number', head(['PUT /v1.0/me/drive/root:/Salassa/x:/content HTTP/1.1', 'Content-Length: ten']), 400, 'invalidRequest', sentences.malformed],
    ['a broken chunk size', head(['PUT /v1.0/me/drive/root:/x:/content HTTP/1.1', 'Transfer-Encoding: chunked', 'Connection: close'], 'xyz\r\n'), 400, 'invalidRequest', sentences.malformed],
    ['no HTTP at all', () => raw('hello\r\n\r\n'), 400, 'invalidRequest', sentences.malformed],
    ['HTTP/1.0', () => raw('GET / HTTP/1.0\r\n\r\n'), 400, 'invalidRequest', sentences.malformed],
    ['dot segments', () => office.graph('GET', '/me/drive/root:/Salassa/%2e%2e/a:/content'), 400, 'invalidRequest', sentences.ambiguous],
    ['a lone %', () => office.graph('GET', '/me/drive/root:/Salassa/100%:/content'), 400, 'invalidRequest', sentences.ambiguous],
    ['an unknown route', () => office.graph('GET', '/me/messages/1/$value'), 403, 'accessDenied'],
    ['broken JSON for a session', () => office.graph('POST', '/me/drive/root:/Salassa/j.bin:/createUploadSession', { body: '{"item":', headers: { 'content-type': 'application/json' } }), 400, 'invalidRequest', sentences.malformed],
    ['broken JSON for a folder', () => office.graph('POST', '/me/drive/root/children', { body: '{', headers: { 'content-type': 'application/json' } }), 400, 'invalidRequest', sentences.malformed],
    ['a file made by JSON', () => office.graph('POST', '/me/drive/root/children', { body: { name: 'x', file: {} } }), 403, 'accessDenied'],
    ['an upload URL that was never issued', () => office.graph('PUT', `https://localhost:${office.port}/kerros/upload/AQAA`, { body: 'x', headers: { 'content-range': 'bytes 0-0/1' } }), 404, 'itemNotFound'],
    ['a download URL that was never issued', () => office.graph('GET', `https://localhost:${office.port}/kerros/download/AQAA`), 404, 'itemNotFound'],
  ];
  for (const [what, send, status, code, sentence] of table) {
    await cases.check(`${what} is answered ${status} ${code}, and the store is as it was`, async () => {
      const before = storeHash();
      const answer = await send();
      assert.equal(answer.status, status, `${answer.json ? JSON.stringify(answer.json) : answer.head ?? answer.bytes}`);
      assert.equal(answer.json?.error?.code, code);
      const message = answer.json.error.message;
      if (sentence) assert.ok(message.startsWith(sentence), message);
      assert.ok(message.split('. ').length >= 2, `what, why and what to do: ${message}`);
      assert.ok(!/sharepoint|tempauth|\/store|\.cc|Bearer|[0-9a-f]{32}/.test(message), message);
      assert.equal(storeHash(), before);
    });
  }

  await cases.check('after all of it the file is whole and the gateway serves', async () => {
    const got = await office.get('/Salassa/a.bin');
    assert.equal(sha256(got.bytes), sha256(noise(40000)));
  });

  // --- starts that fail: exit code and text; the running gateway and its store do not notice ---
  const start = (config) => {
    const run = spawnSync(path.join(bin, 'kerros-gateway'), ['--config', config], { encoding: 'utf8', timeout: 20000 });
    return { code: run.status, out: run.stdout, err: run.stderr };
  };
  const other = async (init = []) => {
    const home = path.join(office.dir, crypto.randomUUID());
    const made = spawnSync(path.join(bin, 'kerros'), ['init', home, '--graph-listen', '127.0.0.1:0',
      '--admin-listen', '127.0.0.1:0', ...init], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    return { home, config: path.join(home, 'kerros.toml') };
  };
  const edit = (file, change) => fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  const forgetSessions = (config) => {
    const sessions = /^sessions = "(.*)"$/m.exec(fs.readFileSync(config, 'utf8'))?.[1];
    if (sessions?.startsWith('/')) fs.rmSync(sessions, { recursive: true, force: true });
  };

  const starts = [
    ['a second gateway on the same store', async () => office.configFile, 7, /another process|holds/],
    ['a second gateway on the same address', async () => {
      const { config } = await other();
      edit(config, (text) => text.replace(/listen = "127.0.0.1:0"/, `listen = "127.0.0.1:${office.port}"`));
      return config;
    }, 7, /listens on 127\.0\.0\.1:\d+/],
    ['an unknown configuration key', async () => {
      const { config } = await other();
      edit(config, (text) => text.replace('[audit]', '[audit]\ndirektory = "x"'));
      return config;
    }, 2, /kerros\.toml:\d+: unknown key `audit\.direktory`/],
    ['a missing key file', async () => {
      const { home, config } = await other();
      fs.rmSync(path.join(home, 'secrets', 'root.key'));
      return config;
    }, 6, /root\.key/],
    ['a key file of another installation', async () => {
      const { home, config } = await other();
      const key = path.join(home, 'secrets', 'root.key');
      fs.rmSync(key);
      fs.copyFileSync(path.join(office.home, 'secrets', 'root.key'), key);
      fs.chmodSync(key, 0o400);
      return config;
    }, 4, /key/],
    ['no configuration at all', async () => path.join(office.dir, 'nowhere.toml'), 6, /nowhere\.toml/],
  ];
  for (const [what, prepare, code, text] of starts) {
    await cases.check(`${what}: exit ${code}, with what, why and what to do`, async () => {
      const config = await prepare();
      const before = storeHash();
      const run = start(config);
      if (config !== office.configFile && fs.existsSync(config)) forgetSessions(config);
      assert.equal(run.code, code, run.err);
      assert.equal(run.out, '');
      assert.match(run.err, /^kerros-gateway: error: /);
      assert.match(run.err, text);
      assert.equal(storeHash(), before);
    });
  }
  await cases.check('the first gateway serves on', async () => {
    assert.equal((await office.get('/Salassa/a.bin')).status, 200);
  });
} finally {
  await office.stop();
}

cases.end();
