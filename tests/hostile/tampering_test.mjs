// The cloud changes stored bytes: node tampering_test.mjs BIN_DIR
// Whatever it does, a reader sees an error or the right bytes; never others, never a clean short
// file. All refusals are one refusal, and every one of them is in the audit log.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { fetch, judge, kChunk, kPrefix, kSealedChunk, read, touches, waysOf } from './reading.mjs';
import { forTwoKeys, plainSizeFor } from './two_keys.mjs';

const kDrivePath = '/Salassa/victim.bin';
const kVectors = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'vectors');
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');
await office.folder('Yleinen');

const plain = noise(4 * kChunk + 1000, 1);
const refusals = new Set();  // bodies without their request id: must come to one
let failures = 0;            // readings refused or cut for their bytes: each is one record

async function upload(drivePath, bytes) {
  const reply = await office.put(drivePath, bytes);
  assert.ok(reply.status === 200 || reply.status === 201, `upload: ${reply.status} ${reply.bytes}`);
  return reply.json;
}
await upload(kDrivePath, noise(plain.length, 2));
const victim = await upload(kDrivePath, plain);
const ways = waysOf(victim, kDrivePath, plain, office);
const other = await upload('/Salassa/other.bin', noise(plain.length, 3));
const victimState = await office.stored('victim.bin');
const otherState = await office.stored('other.bin');
const original = fs.readFileSync(victimState.blob);
const otherBytes = fs.readFileSync(otherState.blob);
const kLast = Math.floor(plain.length / kChunk);

async function tamper(how) {
  const reply = await office.cloud.control('POST', '/tamper', { drive: victimState.drive, item: victimState.id, ...how });
  assert.equal(reply.status, 200, `${JSON.stringify(how).slice(0, 200)}: ${reply.bytes}`);
}
async function putStored(bytes, update_metadata = true) {
  await tamper({ op: 'truncate', size: 0 });
  await tamper({ op: 'append', bytes: bytes.toString('base64'), update_metadata });
}

// A refusal for authenticity: one status, one text.
function noteRefusal(way, answer) {
  assert.equal(answer.status, 409, `${way.name}: ${answer.status} ${JSON.stringify(answer.headers)} ${answer.bytes}`);
  const { error } = JSON.parse(answer.bytes);
  assert.equal(error.code, 'kerrosNotAuthentic', way.name);
  assert.equal(error.innerError['request-id'], answer.headers['request-id']);
  refusals.add(answer.bytes.toString().replaceAll(error.innerError['request-id'], 'ID'));
  const fields = Object.keys(answer.headers).sort().join();
  refusals.add(`fields ${fields}`);
}

async function expectSeen(chosen, before, after) {
  for (const way of chosen) {
    const answer = await read(office, way);
    const outcome = judge(way, answer, plain);
    if (outcome !== 'right') failures += 1;
    if (outcome === 'refused') noteRefusal(way, answer);
    if (touches(way, before, after)) assert.ok(['refused', 'cut'].includes(outcome), `${way.name}: nothing was noticed`);
  }
}

// Tampers by the sandbox's own operations, reads in the chosen ways, restores.
async function tampered(sentence, operations, chosen = ways) {
  for (const update_metadata of [false, true]) {
    await cases.check(`${sentence}${update_metadata ? ', metadata agreeing' : ''}`, async () => {
      try {
        for (const how of [operations].flat()) await tamper({ ...how, update_metadata });
        const now = fs.readFileSync(victimState.blob);
        assert.ok(!now.equals(original), 'the tampering changed nothing');
        await expectSeen(chosen, original, now);
      } finally {
        await putStored(original);
      }
    });
  }
}
// The store belongs to one process at a time.
async function contentKey({ drive, id }) {
  await office.killGateway('SIGTERM');
  const run = spawnSync(path.join(office.bin, 'content_key'), [office.configFile, drive, id], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  await office.startGateway();
  return Buffer.from(run.stdout.trim(), 'hex');
}
const replaced = (bytes) => [{ op: 'truncate', size: 0 }, { op: 'append', bytes: bytes.toString('base64') }];

await cases.check('an untouched file reads right in every way', async () => {
  for (const way of ways) assert.equal(judge(way, await read(office, way), plain), 'right', way.name);
});

const borders = [0, 256, 488, kPrefix, ...Array.from({ length: kLast }, (_, i) => kPrefix + (i + 1) * kSealedChunk)];
const cuts = new Set([...borders.flatMap((at) => [at - 1, at, at + 1]), original.length - 17, original.length - 16,
                      original.length - 1].filter((at) => at >= 0 && at < original.length));
for (const size of cuts) await tampered(`a file cut to ${size} bytes is refused`, { op: 'truncate', size });

const zeros = (n) => Buffer.alloc(n).toString('base64');
for (const n of [1, 16, kSealedChunk]) {
  await tampered(`${n} appended zeros are refused`, { op: 'append', bytes: zeros(n) });
}
await tampered('an appended chunk of its own is refused',
  { op: 'append', bytes: original.subarray(kPrefix, kPrefix + kSealedChunk).toString('base64') });
await tampered('the whole file twice over is refused', { op: 'append', bytes: original.toString('base64') });

const chunked = { prefix: kPrefix, chunk: kSealedChunk };
for (let index = 0; index <= kLast; index += 1) {
  const begin = kPrefix + index * kSealedChunk;
  await tampered(`a dropped chunk ${index} is refused`, { op: 'drop_chunk', ...chunked, index });
  await tampered(`a doubled chunk ${index} is refused`, { op: 'dup_chunk', ...chunked, index });
  await tampered(`a chunk ${index} from another file is refused`, { op: 'replace_bytes', offset: begin,
    bytes: otherBytes.subarray(begin, begin + kSealedChunk).toString('base64') });
  await tampered(`a flipped bit of chunk ${index} is refused`, { op: 'flip', offset: begin + 7, mask: 4 });
  await tampered(`a flipped bit of the tag of chunk ${index} is refused`,
    { op: 'flip', offset: Math.min(begin + kSealedChunk, original.length) - 1, mask: 128 });
  await tampered(`a hole of zeros at chunk ${index} is refused`, { op: 'replace_bytes', offset: begin,
    bytes: zeros(Math.min(kSealedChunk, original.length - begin)) });
  for (let b = index + 1; b <= kLast; b += 1) {
    await tampered(`chunks ${index} and ${b} swapped are refused`, { op: 'swap_chunks', ...chunked, a: index, b });
  }
}

await tampered('the body of another file is refused', { op: 'body_of_item', other: otherState.id });
for (const length of [64, 256, 456, 480, kPrefix]) {
  await tampered(`the first ${length} bytes of another file are refused`, { op: 'header_of_item', other: otherState.id, length });
}
await tampered('the prefix of this file before the body of another is refused',
  replaced(Buffer.concat([original.subarray(0, kPrefix), otherBytes.subarray(kPrefix)])));
await tampered('the salt of another file is refused', { op: 'replace_bytes', offset: 456, bytes: otherBytes.subarray(456, 480).toString('base64') });
await tampered('the commitment of another file is refused',
  { op: 'replace_bytes', offset: 480, bytes: otherBytes.subarray(480, 512).toString('base64') });
await tampered('the older version is refused', { op: 'older_version' });
await tampered('plain text of the true content is refused', replaced(plain));
await tampered('plain bytes of the stored size are refused', replaced(noise(original.length, 9)));
await tampered('zero bytes of the stored size are refused', replaced(Buffer.alloc(original.length)));
await tampered('an error page with status 200 is refused', { op: 'html' });
await tampered('an error page of the stored size is refused',
  replaced(Buffer.concat([Buffer.from('<!DOCTYPE html><html><body>'), Buffer.alloc(original.length - 27, 'x')])));
for (const name of fs.readdirSync(kVectors).filter((file) => /^two_keys_.*\.kv$/.test(file))) {
  const text = fs.readFileSync(path.join(kVectors, name));
  await tampered(`a body that opens under two keys is refused (${name})`, replaced(text.subarray(text.indexOf('\n\n') + 2)));
}

// One bit of every byte of the prefix, one after the other, by the reading that looks at it.
await cases.check('a flipped bit in any byte of the prefix is refused', async () => {
  for (let offset = 0; offset < kPrefix; offset += 1) {
    const flip = { op: 'flip', offset, mask: 1 << (offset % 8) };
    await tamper(flip);
    const way = ways[offset % 3];
    const answer = await read(office, way);
    assert.equal(judge(way, answer, plain), 'refused', `byte ${offset}`);
    failures += 1;
    noteRefusal(way, answer);
    await tamper(flip);
  }
});

// The cloud shows a sealed file under an item that it was never uploaded as.
for (const folder of ['Salassa', 'Yleinen']) {
  await cases.check(`a copy made behind our back in ${folder} is refused, never shown as ciphertext`, async () => {
    const name = `copy-${folder}.bin`;
    const planted = await office.cloud.control('POST', '/items',
      { drive: victimState.drive, path: `/${folder}/${name}`, file: victimState.blob });
    assert.equal(planted.status, 201);
    const item = (await office.graph('GET', `/me/drive/root:/${folder}/${name}`)).json;
    for (const way of waysOf(item, `/${folder}/${name}`, plain, office)) {
      const answer = await read(office, way);
      assert.equal(judge(way, answer, plain), 'refused', way.name);
      failures += 1;
      noteRefusal(way, answer);
    }
  });
}

for (const how of [{ op: 'older_version' }, { op: 'body_of_item', other: otherState.id }, { op: 'html' }]) {
  await cases.check(`${how.op} under a new version of the cloud is refused`, async () => {
    try {
      await tamper({ ...how, update_metadata: true, new_version: true });
      await expectSeen(ways, original, fs.readFileSync(victimState.blob));
    } finally {
      await putStored(original);
    }
  });
}

// Whoever made it has the item's key and another one. Its key id is the record's, so that the record
// is found by it; a range looks at no prefix and is not part of this.
await cases.check("a body that opens under the item's key and another one is refused", async () => {
  const drivePath = '/Salassa/two-keys.bin';
  const small = noise(plainSizeFor(1), 4);
  const item = await upload(drivePath, small);
  const state = await office.stored('two-keys.bin');
  const crafted = forTwoKeys(fs.readFileSync(state.blob), await contentKey(state));
  const target = { drive: state.drive, item: state.id };
  for (const update_metadata of [false, true]) {
    await tamper({ ...target, op: 'replace_bytes', offset: 0, bytes: crafted.toString('base64'), update_metadata });
    assert.ok(fs.readFileSync(state.blob).equals(crafted));
    for (const way of waysOf(item, drivePath, small, office).filter(({ range }) => !range)) {
      const answer = await read(office, way);
      assert.equal(judge(way, answer, small), 'refused', way.name);
      failures += 1;
      noteRefusal(way, answer);
    }
  }
});

await cases.check('the same file with its bytes put back reads right', async () => {
  for (const way of ways) assert.equal(judge(way, await read(office, way), plain), 'right', way.name);
});

await cases.check('a following request on the same connection works after a refusal', async () => {
  const { Agent } = await import('node:https');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await tamper({ op: 'flip', offset: kPrefix + 1 });
  const refused = await read(office, ways[0], { agent });
  assert.equal(refused.status, 409);
  failures += 1;
  const fine = await fetch(office, `${office.base}/me/drive/items/${other.id}/content`, { agent });
  assert.ok(fine.bytes.equals(noise(plain.length, 3)));
  await putStored(original);
  agent.destroy();
});

await cases.check('all refusals are byte for byte the same but for the request id', () => {
  assert.equal([...refusals].filter((text) => text.startsWith('{')).length, 1, [...refusals].join('\n'));
  assert.equal(refusals.size, 2, [...refusals].join('\n'));
});

await cases.check('every failure is in the audit log, once, and the log verifies', () => {
  const tail = office.kerros('audit', 'tail', '-n', '1000000', '--json');
  assert.equal(tail.code, 0, tail.err);
  const events = JSON.parse(tail.out).filter((record) => record.event === 'not-authentic');
  assert.equal(events.length, failures);
  assert.ok(events.every((record) => record.class === 'ERROR' && record.actor === 'aino@contoso.test'));
  assert.equal(office.kerros('audit', 'verify').code, 0);
});

cases.end();
await office.stop();
