// Chunks that authenticate under two keys at once, for both suites.
//
// Neither AES-GCM nor ChaCha20-Poly1305 commits to its key: the tag is a polynomial in the
// ciphertext, so ciphertext blocks can be solved for until one tag is right under both keys
// (Len, Grubbs, Ristenpart, "Partitioning Oracle Attacks", 2021; Dodis et al., "Fast Message
// Franking", 2018). Only the commitment of the file tells the keys apart.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { bigEndian, stream } from './primitives.mjs';

const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const numberLE = (bytes) => number(Buffer.from(bytes).reverse());
const littleEndian = (value, size) => bigEndian(value, size).reverse();
const xor = (a, b) => Buffer.from(a.map((byte, i) => byte ^ b[i]));
const blocksOf = (bytes) =>
  Array.from({ length: bytes.length / 16 }, (_, i) => bytes.subarray(16 * i, 16 * i + 16));

// GF(2^128) in GCM's order: the leftmost bit is the constant term.
function multiply(x, y) {
  let product = 0n;
  for (let bit = 127n, v = y; bit >= 0n; --bit) {
    if ((x >> bit) & 1n) product ^= v;
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
  }
  return product;
}

const ONE = 1n << 127n;

function invert(x) {  // x^(2^128 - 2)
  let result = ONE;
  for (let i = 0, square = x; i < 127; ++i) {
    square = multiply(square, square);
    result = multiply(result, square);
  }
  return result;
}

function gcmParts({ key, nonce }, size) {
  const ecb = createCipheriv('aes-256-ecb', key, null);
  const counter = (i) => Buffer.concat([nonce, bigEndian(i, 4)]);
  const hashKey = number(ecb.update(Buffer.alloc(16)));
  const mask = number(ecb.update(counter(1)));
  const keyStream = ecb.update(Buffer.concat(blocksOf(Buffer.alloc(size)).map((_, i) => counter(i + 2))));
  return { hashKey, mask, keyStream };
}

function ghash(hashKey, blocks) {
  return blocks.reduce((sum, block) => multiply(sum ^ number(block), hashKey), 0n);
}

// The first half reads as `first` under the first key, the second as `second` under the second;
// the last block is solved for.
export function gcmChunk(one, two, first, second) {
  const size = first.length + second.length + 16;
  const a = gcmParts(one, size);
  const b = gcmParts(two, size);
  const sealed = Buffer.concat([
    xor(first, a.keyStream), xor(second, b.keyStream.subarray(first.length)), Buffer.alloc(16)]);
  const lengths = Buffer.concat([Buffer.alloc(8), bigEndian(8 * size, 8)]);
  const tagWithZeroBlock = ({ hashKey, mask }) => ghash(hashKey, [...blocksOf(sealed), lengths]) ^ mask;
  const difference = tagWithZeroBlock(a) ^ tagWithZeroBlock(b);
  const weight = multiply(a.hashKey, a.hashKey) ^ multiply(b.hashKey, b.hashKey);
  bigEndian(multiply(difference, invert(weight)), 16).copy(sealed, size - 16);
  return Buffer.concat([sealed, bigEndian(tagWithZeroBlock(a), 16)]);
}

const PRIME = (1n << 130n) - 5n;
const TWO128 = 1n << 128n;
const modulo = (x) => ((x % PRIME) + PRIME) % PRIME;

function invertModPrime(x) {
  let result = 1n;
  for (let exponent = PRIME - 2n, base = modulo(x); exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}

function polyParts({ key, nonce }, size) {
  const cipher = createCipheriv('chacha20', key, Buffer.concat([Buffer.alloc(4), nonce]));
  const all = cipher.update(Buffer.alloc(64 + size));
  return {
    r: numberLE(all.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn,
    s: numberLE(all.subarray(16, 32)), keyStream: all.subarray(64) };
}

// The last two blocks are solved for; each solution must fit 128 bits, so about 16 tags are tried.
export function polyChunk(one, two, first, second) {
  const size = first.length + second.length + 32;
  const a = polyParts(one, size);
  const b = polyParts(two, size);
  const fixed = Buffer.concat([xor(first, a.keyStream), xor(second, b.keyStream.subarray(first.length))]);
  const lengths = numberLE(Buffer.concat([Buffer.alloc(8), littleEndian(size, 8)])) + TWO128;
  const known = ({ r }) => modulo(
    blocksOf(fixed).reduce((sum, block) => modulo((sum + numberLE(block) + TWO128) * r), 0n) * r ** 3n +
    lengths * r);
  for (let attempt = 0; ; ++attempt) {
    const tag = numberLE(stream(`two keys tag ${attempt}`, 16));
    const goal = (part) => modulo(((tag - part.s + TWO128) % TWO128) - known(part));
    // x r^3 + y r^2 = goal, for both r.
    const scaled = (part) => modulo(goal(part) * invertModPrime(part.r * part.r));
    const x = modulo((scaled(a) - scaled(b)) * invertModPrime(a.r - b.r)) - TWO128;
    const y = modulo(scaled(a) - (x + TWO128) * a.r) - TWO128;
    if (x < 0n || x >= TWO128 || y < 0n || y >= TWO128) continue;
    return Buffer.concat([fixed, littleEndian(x, 16), littleEndian(y, 16), littleEndian(tag, 16)]);
  }
}

// What a receiver without commitment would take; throws when the tag is not right.
export function openWithoutCommitment(cipherName, { key, nonce }, sealed) {
  const opener = createDecipheriv(cipherName, key, nonce, { authTagLength: 16 });
  opener.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()]);
}
