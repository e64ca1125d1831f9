// The primitives the vectors are made of, on Node's own crypto (OpenSSL beneath) and BigInt.
// Shares nothing with tools/open.mjs, so that one mistake cannot hide in both.
import { createCipheriv, createHash, createHmac } from 'node:crypto';

export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
export const sha512 = (...parts) => createHash('sha512').update(Buffer.concat(parts)).digest();
export const hmac512 = (key, ...parts) =>
  createHmac('sha512', key).update(Buffer.concat(parts)).digest();

export function bigEndian(value, size) {
  const bytes = Buffer.alloc(size);
  for (let i = size - 1, rest = BigInt(value); i >= 0; --i, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

// HKDF-Expand of RFC 5869. Node's hkdfSync always extracts first, which the format does not.
export function hkdfExpand(key, info, size, hash = 'sha512') {
  let block = Buffer.alloc(0);
  let out = Buffer.alloc(0);
  for (let i = 1; out.length < size; ++i) {
    block = createHmac(hash, key).update(block).update(info).update(Buffer.from([i])).digest();
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, size);
}

// As many bytes as wanted from a name: AES-256-CTR under the hash of the name.
export function stream(name, size) {
  const cipher = createCipheriv('aes-256-ctr', sha256(Buffer.from(name)), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(size));
}

export function aeadSeal(cipherName, key, nonce, plain, associated = Buffer.alloc(0)) {
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: 16 });
  cipher.setAAD(associated, { plaintextLength: plain.length });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function quarterRound(s, a, b, c, d) {
  const turn = (x, n) => ((x << n) | (x >>> (32 - n))) >>> 0;
  s[a] = (s[a] + s[b]) >>> 0; s[d] = turn(s[d] ^ s[a], 16);
  s[c] = (s[c] + s[d]) >>> 0; s[b] = turn(s[b] ^ s[c], 12);
  s[a] = (s[a] + s[b]) >>> 0; s[d] = turn(s[d] ^ s[a], 8);
  s[c] = (s[c] + s[d]) >>> 0; s[b] = turn(s[b] ^ s[c], 7);
}

// HChaCha20 of draft-irtf-cfrg-xchacha-03, section 2.2: no feed-forward, rows 0 and 3 are the key.
export function hChaCha20(key, nonce16) {
  const state = new Uint32Array(16);
  Buffer.from('expand 32-byte k').forEach((byte, i) => { state[i >> 2] |= byte << (8 * (i & 3)); });
  for (let i = 0; i < 8; ++i) state[4 + i] = key.readUInt32LE(4 * i);
  for (let i = 0; i < 4; ++i) state[12 + i] = nonce16.readUInt32LE(4 * i);
  for (let round = 0; round < 10; ++round) {
    for (let i = 0; i < 4; ++i) quarterRound(state, i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; ++i) quarterRound(state, i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3));
  }
  const out = Buffer.alloc(32);
  for (let i = 0; i < 4; ++i) {
    out.writeUInt32LE(state[i], 4 * i);
    out.writeUInt32LE(state[12 + i], 16 + 4 * i);
  }
  return out;
}

export function xChaChaSeal(key, nonce24, plain, associated) {
  const subkey = hChaCha20(key, nonce24.subarray(0, 16));
  const nonce = Buffer.concat([Buffer.alloc(4), nonce24.subarray(16)]);
  return aeadSeal('chacha20-poly1305', subkey, nonce, plain, associated);
}
