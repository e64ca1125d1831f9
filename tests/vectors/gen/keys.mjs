// Known answers for everything of docs/format.md 4 and 5 that no sealed file shows: keys.json.
import { bigEndian, hkdfExpand, hmac512, sha512, stream, xChaChaSeal } from './primitives.mjs';
import { right, seal } from './kit.mjs';

const PURPOSES = ['kek-wrap', 'record-mac', 'metadata', 'url-token', 'session', 'audit-salt', 'audit-seal',
  'audit-sign', 'set-hash', 'opaque-name'];
const hex = (bytes) => bytes.toString('hex');
const NUL = Buffer.from([0]);

function derivations() {
  const root = stream('root', 32);
  return PURPOSES.flatMap((purpose) => [Buffer.alloc(0), Buffer.from('2026-01-01')].map((context) => ({
    root: hex(root), purpose: `kerros/1/${purpose}`, context: hex(context),
    key: hex(hkdfExpand(root, Buffer.concat([Buffer.from(`kerros/1/${purpose}`), NUL, context]), 32)) })));
}

function macs() {
  return [0, 1, 127, 128, 129, 1000].map((size) => {
    const key = stream('mac key', 32);
    const message = stream('mac message', size);
    return { key: hex(key), message: hex(message), mac: hex(hmac512(key, message).subarray(0, 32)) };
  });
}

function fileKeys() {
  return [1, 2].map((suite) => {
    const file = seal(`keys of suite ${suite}`, { suite });
    return { suite, dek: hex(file.dek), header: hex(file.header), salt: hex(file.salt),
      key: hex(file.keys.key), base_nonce: hex(file.keys.base), commitment: hex(file.commitment),
      nonce_of_chunk: { 0: hex(right.nonce(file.keys.base, 0)), 1: hex(right.nonce(file.keys.base, 1)),
        4294967296: hex(right.nonce(file.keys.base, 4294967296)) } };
  });
}

function homeWraps() {
  return [1, 0x01020304].map((version) => {
    const file = seal(`home wrap ${version}`, {});
    const kek = stream('kek', 32);
    const id = stream('kek id', 16);
    const nonce = stream(`home wrap nonce ${version}`, 24);
    const [tenant, unit, key] = [16, 32, 48].map((at) => file.header.subarray(at, at + 16));
    const associated = Buffer.concat([Buffer.from('kerros/1/dek-wrap'), NUL, tenant, unit, id,
      bigEndian(version, 4), key, sha512(file.header), file.commitment]);
    return { kek: hex(kek), kek_id: hex(id), kek_version: version, header: hex(file.header),
      commitment: hex(file.commitment), dek: hex(file.dek),
      wrapped: hex(Buffer.concat([nonce, xChaChaSeal(kek, nonce, file.dek, associated)])) };
  });
}

function values() {
  const cases = [['kerros/1/kek-wrap', 'unit 7', 32], ['kerros/1/metadata', '', 0], ['kerros/1/session', 'x', 100]];
  return cases.map(([label, context, size]) => {
    const key = stream(`${label} key`, 32);
    const value = stream(`${label} value`, size);
    const nonce = stream(`${label} nonce`, 24);
    const bytes = Buffer.from(context);
    const associated = Buffer.concat([Buffer.from(label), NUL, bigEndian(bytes.length, 8), bytes]);
    return { key: hex(key), label, context: hex(bytes), value: hex(value),
      sealed: hex(Buffer.concat([nonce, xChaChaSeal(key, nonce, value, associated)])) };
  });
}

export function keysJson() {
  const all = { derive: derivations(), mac: macs(), file_keys: fileKeys(), home_wrap: homeWraps(), value: values() };
  return Buffer.from(`${JSON.stringify(all, null, 1)}\n`);
}
