// The sandbox as a client meets it: node smoke.mjs PATH-OF-kerros-sandbox
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Cloud } from './cloud.mjs';

const binary = process.argv[2];
const kUnit = 327680;
const steps = [];
const step = (name, run) => steps.push({ name, run });

function pattern(size, seed = 7) {
  const out = Buffer.alloc(size);
  let x = seed;
  for (let i = 0; i < size; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    out[i] = x >> 16;
  }
  return out;
}

async function upload(cloud, name, body, fragment = kUnit) {
  const session = await cloud.graph('POST', `/me/drive/root:/${name}:/createUploadSession`, { body: {} });
  assert.equal(session.status, 200);
  let reply;
  for (let at = 0; at < body.length; at += fragment) {
    const piece = body.subarray(at, at + fragment);
    reply = await put(cloud, session.json.uploadUrl, piece, at, body.length);
  }
  return { session: session.json, reply };
}

const put = (cloud, url, piece, at, total, headers = {}) => cloud.request('PUT', url, {
  headers: { 'content-range': `bytes ${at}-${at + piece.length - 1}/${total}`, ...headers }, body: piece,
});

step('a token with the right claims, and only then Graph answers', async (cloud) => {
  assert.equal((await cloud.graph('GET', '/me')).status, 401);
  cloud.token = await cloud.login('aino@contoso.test');
  const claims = JSON.parse(Buffer.from(cloud.token.split('.')[1], 'base64url'));
  assert.equal(claims.upn, 'aino@contoso.test');
  for (const key of ['oid', 'tid', 'exp', 'aud', 'appid', 'name']) assert.ok(claims[key], key);
  const me = await cloud.graph('GET', '/me');
  assert.equal(me.json.id, claims.oid);
  const other = await cloud.graph('GET', '/me', { token: cloud.token.slice(0, -2) + 'xx' });
  assert.equal(other.json.error.code, 'InvalidAuthenticationToken');
  assert.match(other.headers['www-authenticate'], /^Bearer /);
});

step('drives: one of mine, one of all, none of others', async (cloud) => {
  const mine = (await cloud.graph('GET', '/me/drive')).json;
  assert.equal(mine.driveType, 'business');
  const shared = (await cloud.graph('GET', '/sites/root/drive')).json;
  assert.equal(shared.driveType, 'documentLibrary');
  const ville = await cloud.login('ville@contoso.test');
  assert.equal((await cloud.graph('GET', `/drives/${mine.id}/root`, { token: ville })).status, 403);
  assert.equal((await cloud.graph('GET', `/drives/${shared.id}/root`, { token: ville })).status, 200);
  assert.equal((await cloud.graph('GET', '/drives/b!nothing/root')).status, 404);
});

step('folders and their conflicts', async (cloud) => {
  const make = (behavior) => cloud.graph('POST', '/me/drive/root/children', {
    body: { name: 'Töitä', folder: {}, '@microsoft.graph.conflictBehavior': behavior } });
  const first = await make('fail');
  assert.equal(first.status, 201);
  assert.equal(first.json.folder.childCount, 0);
  assert.equal((await make('fail')).json.error.code, 'nameAlreadyExists');
  assert.equal((await make('rename')).json.name, 'Töitä 1');
  const lower = await cloud.graph('GET', `/me/drive/root:/${encodeURIComponent('töitä')}`);
  assert.equal(lower.json.id, first.json.id);
});

step('PUT by path and by id, conditions, conflicts, names', async (cloud) => {
  const target = '/me/drive/root:/T%C3%B6it%C3%A4/a%20%23%25%2B.txt:/content';
  const made = await cloud.graph('PUT', target, { body: Buffer.from('hello world') });
  assert.equal(made.status, 201);
  assert.equal(made.json.name, 'a #%+.txt');
  assert.equal(made.json.size, 11);
  assert.equal(made.json.file.hashes.quickXorHash, 'aCgDG9jwBhDc4Q1yawMZAAAAAAA=');
  assert.match(made.json.eTag, /^"\{[0-9A-F-]{36}\},1"$/);
  assert.match(made.json.parentReference.path, /^\/drives\/b![^/]+\/root:\/T%C3%B6it%C3%A4$/);
  const again = await cloud.graph('PUT', target, { body: Buffer.from('v2'), headers: { 'if-match': made.json.eTag } });
  assert.equal(again.status, 200);
  assert.equal(again.json.id, made.json.id);
  const stale = await cloud.graph('PUT', `/me/drive/items/${made.json.id}/content`,
    { body: Buffer.from('v3'), headers: { 'if-match': made.json.eTag } });
  assert.equal(stale.status, 412);
  const fail = await cloud.graph('PUT', `${target}?%40microsoft.graph.conflictBehavior=fail`, { body: Buffer.from('x') });
  assert.equal(fail.status, 409);
  const renamed = await cloud.graph('PUT', `${target}?@name.conflictBehavior=rename`, { body: Buffer.from('x') });
  assert.equal(renamed.json.name, 'a #%+ 1.txt');
  const bad = await cloud.graph('PUT', '/me/drive/root:/bad%3F.txt:/content', { body: Buffer.from('x') });
  assert.equal(bad.status, 400);
  const versions = (await cloud.graph('GET', `/me/drive/items/${made.json.id}/versions`)).json.value;
  assert.deepEqual(versions.map((v) => v.id), ['2.0', '1.0']);
  const old = await cloud.graph('GET', `/me/drive/items/${made.json.id}/versions/1.0/content`);
  assert.equal((await cloud.request('GET', old.headers.location)).bytes.toString(), 'hello world');
  assert.equal((await cloud.graph('GET', `/me/drive/items/${made.json.id.toLowerCase()}`)).status, 404);
  const empty = await cloud.graph('PUT', '/me/drive/root:/empty.bin:/content', { body: Buffer.alloc(0) });
  assert.equal(empty.json.size, 0);
});

step('listings come in pages whose links must be followed byte by byte', async (cloud) => {
  const parent = (await cloud.graph('POST', '/me/drive/root/children', { body: { name: 'Many', folder: {} } })).json;
  for (let i = 0; i < 5; i++) {
    await cloud.graph('PUT', `/me/drive/items/${parent.id}:/f${i}.bin:/content`, { body: Buffer.from([i]) });
  }
  let url = `https://graph.microsoft.com/v1.0/me/drive/items/${parent.id}/children?$top=2&$select=name,size`;
  const names = [];
  const authorization = { authorization: `Bearer ${cloud.token}` };
  let pages = 0;
  while (url) {
    const page = await cloud.request('GET', url, { headers: authorization });
    assert.equal(page.status, 200);
    for (const item of page.json.value) {
      assert.deepEqual(Object.keys(item), ['name', 'size']);
      names.push(item.name);
    }
    url = page.json['@odata.nextLink'];
    if (url) assert.ok(url.includes('%25') && url.includes('+') && url.includes("'"));
    if (url && pages === 0) {
      const changed = await cloud.request('GET', url.replace('%25', '%2525'), { headers: authorization });
      assert.equal(changed.status, 400);
    }
    pages++;
  }
  assert.equal(pages, 3);
  assert.deepEqual(names, ['f0.bin', 'f1.bin', 'f2.bin', 'f3.bin', 'f4.bin']);
});

step('an upload session, whole', async (cloud) => {
  const body = pattern(2 * kUnit + 17);
  const { session, reply } = await upload(cloud, 'big.bin', body);
  assert.match(session.uploadUrl, /^https:\/\/contoso-my\.sharepoint\.com\/personal\/.*uploadSession\?guid='/);
  assert.deepEqual(session.nextExpectedRanges, ['0-']);
  assert.equal(reply.status, 201);
  assert.equal(reply.json.size, body.length);
  assert.ok(reply.json['@content.downloadUrl']);
  assert.equal((await cloud.request('GET', session.uploadUrl)).status, 404);
  const state = (await cloud.control('GET', '/state')).json;
  const item = state.items.find((i) => i.id === reply.json.id);
  assert.ok(fs.readFileSync(item.blob).equals(body), 'the stored bytes are one plain file');
});

step('fragments that break a rule', async (cloud) => {
  const total = 4 * kUnit;
  const piece = pattern(kUnit);
  const created = await cloud.graph('POST', '/me/drive/root:/rules.bin:/createUploadSession', { body: {} });
  const url = created.json.uploadUrl;
  const code = async (reply) => [(await reply).status, (await reply).json.error.innererror.code];
  assert.equal((await put(cloud, url, piece.subarray(1), 0, total)).status, 400);
  assert.equal((await put(cloud, url, piece, 0, total)).status, 202);
  assert.deepEqual(await code(put(cloud, url, piece, 0, total)), [416, 'fragmentOverlap']);
  assert.deepEqual(await code(put(cloud, url, piece, 2 * kUnit, total)), [416, 'fragmentOutOfOrder']);
  assert.deepEqual(await code(put(cloud, url, piece, kUnit, total + 1)), [416, 'fragmentLengthMismatch']);
  assert.equal((await put(cloud, url, piece, kUnit, total, { 'content-range': `${kUnit}-${2 * kUnit - 1}/${total}` })).status, 400);
  assert.equal((await put(cloud, url, piece, kUnit, total, { authorization: 'Bearer x' })).status, 401);
  assert.equal((await put(cloud, url.replace('overwrite=True&rename=False', 'rename=False&overwrite=True'), piece, kUnit, total)).status, 401);
  const second = await cloud.graph('POST', '/me/drive/root:/RULES.bin:/createUploadSession', { body: {} });
  assert.equal(second.status, 409);
  const status = await cloud.request('GET', url);
  assert.deepEqual(status.json.nextExpectedRanges, [`${kUnit}-`]);
  assert.equal((await cloud.request('DELETE', url)).status, 204);
  assert.equal((await put(cloud, url, piece, kUnit, total)).status, 404);
});

step('a download by redirect, with ranges', async (cloud) => {
  const body = pattern(100000, 3);
  const made = await cloud.graph('PUT', '/me/drive/root:/ranges.bin:/content', { body });
  const content = await cloud.graph('GET', `/me/drive/items/${made.json.id}/content`);
  assert.equal(content.status, 302);
  const url = content.headers.location;
  assert.match(url, /\/_layouts\/15\/download\.aspx\?UniqueId=.*&Translate=false&tempauth=v1\..*&ApiVersion=2\.0$/);
  const get = (range) => cloud.request('GET', url, { headers: range ? { range } : {} });
  assert.ok((await get()).bytes.equals(body));
  const part = await get('bytes=10-19');
  assert.equal(part.status, 206);
  assert.equal(part.headers['content-range'], 'bytes 10-19/100000');
  assert.ok(part.bytes.equals(body.subarray(10, 20)));
  assert.ok((await get('bytes=-5')).bytes.equals(body.subarray(-5)));
  assert.ok((await get('bytes=99990-200000')).bytes.equals(body.subarray(99990)));
  const beyond = await get('bytes=100000-');
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers['content-range'], 'bytes */100000');
  assert.equal((await cloud.request('HEAD', url)).headers['content-length'], '100000');
  assert.equal((await cloud.request('GET', url.replace('&Translate=false', ''))).status, 401);
  const elsewhere = await cloud.request('GET', url.replace('contoso-my.sharepoint.com', 'graph.microsoft.com'));
  assert.notEqual(elsewhere.status, 200);
  const wrongHost = await cloud.request('GET', 'https://evil.example/x', { name: 'contoso.sharepoint.com' });
  assert.equal(wrongHost.status, 421);
});

step('switches: direct content, cut, throttling, lost replies', async (cloud) => {
  const set = async (name, value, match) => {
    const reply = await cloud.control('POST', '/switches', { name, value, match });
    assert.equal(reply.status, 200);
  };
  const target = '/me/drive/root:/ranges.bin:/content';
  await set('content.direct', true, { times: 1 });
  assert.equal((await cloud.graph('GET', target, { headers: { range: 'bytes=0-9' } })).status, 206);
  assert.equal((await cloud.graph('GET', target)).status, 302);
  await set('tls.close', { after: 1000 }, { path_regex: 'download\\.aspx', times: 1 });
  const url = (await cloud.graph('GET', target)).headers.location;
  await assert.rejects(cloud.request('GET', url));
  await set('throttle', { status: 429, retry_after: 7 }, { method: 'GET', times: 1 });
  const throttled = await cloud.graph('GET', '/me');
  assert.equal(throttled.status, 429);
  assert.equal(throttled.headers['retry-after'], '7');
  await set('wrong.size', 5, { item: 'ranges.bin', times: 1 });
  assert.equal((await cloud.graph('GET', '/me/drive/root:/ranges.bin')).json.size, 5);
  await set('fragment.lost_reply', true, { times: 1 });
  await assert.rejects(upload(cloud, 'lost.bin', pattern(10)));
  assert.equal((await cloud.graph('GET', '/me/drive/root:/lost.bin')).json.size, 10);
  assert.equal((await cloud.control('POST', '/switches', { name: 'no.such' })).status, 400);
  await cloud.control('DELETE', '/switches');
});

step('the enemy at the disk', async (cloud) => {
  const item = (await cloud.graph('GET', '/me/drive/root:/ranges.bin')).json;
  const drive = item.parentReference.driveId;
  const read = async () => (await cloud.request('GET', (await cloud.graph('GET', `/me/drive/items/${item.id}/content`)).headers.location)).bytes;
  const before = await read();
  const tamper = (how) => cloud.control('POST', '/tamper', { drive, item: item.id, ...how });
  assert.equal((await tamper({ op: 'flip', offset: 5 })).status, 200);
  const after = await read();
  assert.equal(after[5], before[5] ^ 1);
  assert.equal((await tamper({ op: 'drop_chunk', prefix: 10, chunk: 100, index: 2 })).status, 200);
  assert.equal((await read()).length, before.length - 100);
  assert.equal((await tamper({ op: 'truncate', size: 10 })).status, 200);
  assert.equal((await read()).length, 10);
  assert.equal((await tamper({ op: 'nonsense' })).status, 400);
});

step('PATCH, DELETE, delta and search', async (cloud) => {
  const start = (await cloud.graph('GET', '/me/drive/root/delta?token=latest')).json['@odata.deltaLink'];
  const made = (await cloud.graph('PUT', '/me/drive/root:/patch.txt:/content', { body: Buffer.from('x') })).json;
  const many = (await cloud.graph('GET', '/me/drive/root:/Many')).json;
  const patched = await cloud.graph('PATCH', `/me/drive/items/${made.id}`, {
    headers: { 'if-match': made.cTag },
    body: { name: 'moved.txt', parentReference: { id: many.id },
            fileSystemInfo: { lastModifiedDateTime: '2020-01-02T03:04:05Z' } } });
  assert.equal(patched.status, 200);
  assert.equal(patched.json.fileSystemInfo.lastModifiedDateTime, '2020-01-02T03:04:05Z');
  assert.notEqual(patched.json.eTag, made.eTag);
  assert.equal(patched.json.cTag, made.cTag);
  const found = await cloud.graph('GET', "/me/drive/root/search(q='MOVED')");
  assert.deepEqual(found.json.value.map((i) => i.id), [made.id]);
  assert.equal((await cloud.graph('DELETE', `/me/drive/items/${made.id}`, { headers: { 'if-match': made.eTag } })).status, 412);
  assert.equal((await cloud.graph('DELETE', `/me/drive/items/${made.id}`)).status, 204);
  assert.equal((await cloud.graph('GET', `/me/drive/items/${made.id}`)).status, 404);
  const delta = await cloud.request('GET', start, { headers: { authorization: `Bearer ${cloud.token}` } });
  assert.ok(delta.json.value.some((i) => i.id === made.id && i.deleted));
});

step('the log holds what was received', async (cloud) => {
  const entries = (await cloud.control('GET', '/log?since=0')).json;
  const put = entries.find((e) => e.method === 'PUT' && e.target.includes('a%20%23%25%2B.txt'));
  assert.equal(put.body_size, 11);
  assert.equal(put.body_sha256, 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9');
  assert.ok(put.headers.some(([name]) => name.toLowerCase() === 'authorization'));
  const counters = (await cloud.control('GET', '/counters')).json;
  assert.equal(counters.authorization_on_tenant, 1);
  assert.equal(counters.unknown_host, 1);
  assert.ok(fs.readFileSync(`${cloud.dir}/received.bodies`).includes('hello world'));
});

const cloud = await Cloud.start(binary, { flags: ['--record-bodies'] });
try {
  for (const { name, run } of steps) {
    await run(cloud);
    console.log(`ok  ${name}`);
  }
  assert.equal(await cloud.stop(), 0);
  const again = await Cloud.start(binary, { dir: cloud.dir });
  again.token = cloud.token;
  const item = await again.graph('GET', '/me/drive/root:/big.bin');
  assert.equal(item.json.size, 2 * kUnit + 17);
  assert.equal(await again.stop(), 0);
  console.log('ok  everything is there after a restart');
} finally {
  cloud.child.kill('SIGKILL');
  fs.rmSync(cloud.dir, { recursive: true, force: true });
}
