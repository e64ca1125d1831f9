// The builder kit: a sealed file as parts that a scenario may bend before they become bytes.
import { aeadSeal, bigEndian, hkdfExpand, sha256, sha512, stream, xChaChaSeal } from './primitives.mjs';

export const CHUNK = 16384;
export const SEALED_CHUNK = CHUNK + 16;
export const PREFIX = 512;
export const MAGIC = Buffer.from('8b4b52530d0a1a0a', 'hex');
export const SUITES = {
  1: { label: 'AEAD_AES_256_GCM', cipher: 'aes-256-gcm' },
  2: { label: 'AEAD_CHACHA20_POLY1305', cipher: 'chacha20-poly1305' },
};
const FRAME = 'c2sp.org/chunked-encryption@v1+';

// Where the fields of the prefix begin.
export const AT = {
  magic: 0, version: 8, suite: 10, flags: 12, tenant: 16, unit: 32, key: 48, trueSize: 64, unused: 128,
  recovery: 256, epoch: 256, wrapNonce: 272, wrap: 296, recoveryUnused: 344, salt: 456, commitment: 480,
};

// The right way of each step; a scenario passes another one to be wrong in exactly that step.
export const right = {
  info: (file) => Buffer.concat([
    Buffer.from(FRAME + SUITES[file.suite].label + '\0'), file.salt, sha512(file.header)]),
  material: (file, info) => hkdfExpand(file.dek, info, 76),
  split: (material) => ({
    key: material.subarray(0, 32), base: material.subarray(32, 44), commitment: material.subarray(44) }),
  nonce: (base, number) => {
    const counter = bigEndian(number, 12);
    return Buffer.from(base.map((byte, i) => byte ^ counter[i]));
  },
  cut: (plain) => {
    const chunks = [];
    for (let at = 0; at <= plain.length; at += CHUNK) chunks.push(plain.subarray(at, at + CHUNK));
    return chunks;
  },
  chunk: (file, number, plain) =>
    aeadSeal(SUITES[file.suite].cipher, file.keys.key, file.way.nonce(file.keys.base, number), plain),
  recoveryData: (file) => Buffer.concat([
    Buffer.from('kerros/1/recovery-wrap\0'), sha512(file.header), file.commitment]),
};

function encodeHeader({ suite, flags, tenant, unit, key }) {
  const header = Buffer.alloc(256);
  MAGIC.copy(header);
  header.writeUInt16BE(1, AT.version);
  header.writeUInt16BE(suite, AT.suite);
  header.writeUInt32BE(flags, AT.flags);
  tenant.copy(header, AT.tenant);
  unit.copy(header, AT.unit);
  key.copy(header, AT.key);
  return header;
}

// Key ids begin with 48 bits of milliseconds; these all say 2026-01-01T00:00:00Z.
const keyId = (name) => Buffer.concat([bigEndian(1767225600000, 6), stream(`${name} key id`, 10)]);

export function wrapRecovery(file, epochKey, dek = file.dek, associated = file.way.recoveryData(file)) {
  const nonce = stream(`${file.name} wrap nonce`, 24);
  return Buffer.concat([
    stream(`${file.name} epoch`, 16), nonce, xChaChaSeal(epochKey, nonce, dek, associated), Buffer.alloc(112)]);
}

// A sealed file in parts. `way` replaces steps of `right`; `dek`, `salt` and the ids may be given.
export function seal(name, { size = 0, plain = stream(`${name} plain`, size), suite = 1, recovery = false,
  dek = stream(`${name} dek`, 32), salt = stream(`${name} salt`, 24), tenant = stream('tenant', 16),
  unit = stream('unit', 16), key = keyId(name), epochKey = stream('epoch key', 32), way = {} } = {}) {
  const file = { name, plain, suite, dek, salt, way: { ...right, ...way } };
  file.header = encodeHeader({ suite, flags: recovery ? 1 : 0, tenant, unit, key });
  file.keys = file.way.split(file.way.material(file, file.way.info(file)));
  file.commitment = file.keys.commitment;
  file.recovery = recovery ? wrapRecovery(file, epochKey) : Buffer.alloc(200);
  file.epochKey = recovery ? epochKey : undefined;
  file.chunks = file.way.cut(plain).map((part, number) => file.way.chunk(file, number, part));
  return file;
}

export const bytesOf = (file) =>
  Buffer.concat([file.header, file.recovery, file.salt, file.commitment, ...file.chunks]);

// Small changes to bytes; each returns a new buffer.
export function flip(bytes, at, mask = 1) {
  const changed = Buffer.from(bytes);
  changed[at] ^= mask;
  return changed;
}
export function put(bytes, at, value) {
  const changed = Buffer.from(bytes);
  Buffer.from(value).copy(changed, at);
  return changed;
}

// One vector: text header, empty line, bytes. `released` is what may leave before the verdict.
export function encodeVector({ expect, field, comment, dek, epochKey, recordPlainSize, released, bytes }) {
  const lines = [`expect: ${expect}`, `field: ${field}`, `comment: ${comment}`];
  if (dek) lines.push(`dek: ${dek.toString('hex')}`);
  if (epochKey) lines.push(`epoch-key: ${epochKey.toString('hex')}`);
  if (recordPlainSize !== undefined) lines.push(`record-plain-size: ${recordPlainSize}`);
  lines.push(`plain-size: ${released.length}`, `plain-sha256: ${sha256(released).toString('hex')}`);
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), bytes]);
}

// A list of vectors by name, with a verb for each verdict.
export class Collection {
  vectors = new Map();

  add(name, vector) {
    if (this.vectors.has(name)) throw new Error(`two vectors are named ${name}`);
    this.vectors.set(name, { released: Buffer.alloc(0), ...vector });
  }

  opens(name, field, comment, file, changes = {}) {
    this.add(name, { expect: 'ok', field, comment, dek: file.dek, epochKey: file.epochKey,
      released: file.plain, bytes: bytesOf(file), ...changes });
  }

  // Chunks before `failing` open and may be released; by default none.
  refuses(expect, name, field, comment, file, bytes, { failing = 0, ...changes } = {}) {
    this.add(name, { expect, field, comment, dek: file.dek, epochKey: undefined,
      released: file.plain.subarray(0, failing * CHUNK), bytes, ...changes });
  }
}
