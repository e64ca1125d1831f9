// Whether anything that a test meant to be sealed was received by the cloud in clear: pieces of the
// bytes in every form, and their plain sizes and digests in the fields and the JSON that were sent.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { CanarySearch } from './canaries.mjs';
import { quickXor } from './quickxor.mjs';
import { kWindow } from './windows.mjs';

// Smaller numbers turn up by themselves.
const kSmallestTellingSize = 1000;
// Of more than that only the hash that Graph knows is looked for.
const kLargestDigested = 1 << 20;
const kPlaces = [0, 0.37, 0.5, 0.81, 1];

const sealedSize = (plain) => 512 + plain + 16 * (Math.floor(plain / 16384) + 1);
const tells = (window) => window.length === kWindow && new Set(window).size >= 6;

function digestsOf(bytes) {
  const all = [quickXor(bytes)];
  if (bytes.length > kLargestDigested) return all;
  for (const name of ['md5', 'sha1', 'sha256']) {
    const digest = crypto.createHash(name).update(bytes).digest();
    all.push(digest.toString('base64'), digest.toString('hex'), digest.toString('hex').toUpperCase());
  }
  return all;
}

// What is looked for of some bytes: small enough to be handed from one process to another.
export function samplesOf(bytes) {
  const all = Buffer.from(bytes);
  const windows = kPlaces.map((place) => Math.round(place * Math.max(0, all.length - kWindow)))
    .map((at) => Buffer.from(all.subarray(at, at + kWindow))).filter(tells);
  return { windows, size: all.length, digests: all.length < kWindow ? [] : digestsOf(all) };
}

export class LeakScan {
  #search = new CanarySearch();
  #sizes = new Set();
  #tellingSizes = new Set();
  #digests = new Set();
  #seen = new Set();

  get isEmpty() { return this.#seen.size === 0; }

  // `whole`: the bytes are all of a file, so their size and digests tell of it.
  add({ windows, size, digests }, { whole = true } = {}) {
    for (const window of windows) {
      const key = window.toString('latin1');
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#search.add(key);
    }
    for (const digest of digests) this.#digests.add(digest);
    if (whole) this.addSize(size);
  }

  addSize(size) {
    this.#sizes.add(size);
    if (size >= kSmallestTellingSize) this.#tellingSizes.add(size);
  }

  // Looks through what a cloud that records bodies keeps in `dir`: a finding is a sentence.
  in(dir) {
    const [bodies, heads] = ['received.bodies', 'received.log'].map((name) => path.join(dir, name));
    const hits = [bodies, heads].flatMap((file) => this.#search.inFile(file))
      .map(({ canary, form, file }) => `${Buffer.from(canary, 'latin1').toString('hex')} as ${form} in ${path.basename(file)}`);
    const requests = fs.readFileSync(heads, 'latin1').trimEnd().split('\n').filter(Boolean).map((line) => JSON.parse(line));
    const searched = fs.statSync(bodies).size;
    if (!this.isEmpty && requests.length === 0) hits.push('nothing was received, so nothing was searched');
    return { hits: [...new Set([...hits, ...requests.flatMap((one) => this.#inFields(one)), ...this.#inJson(bodies)])], searched };
  }

  // A plain size may be the sealed one of another file.
  #isPlainSize(size) {
    return this.#tellingSizes.has(size) && ![...this.#sizes].some((other) => sealedSize(other) === size);
  }

  #inFields({ method, target, headers = [] }) {
    const found = [];
    for (const [name, value] of headers) {
      const field = name.toLowerCase();
      if (field === 'authorization') continue;
      if (this.#digests.has(value.trim())) found.push(`a plain digest in ${name} of ${method}`);
      const size = field === 'content-length' && method === 'PUT' && target.split('?')[0].endsWith('/content') ? Number(value)
        : field === 'content-range' ? Number(value.split('/')[1])
          : field.startsWith('x-') ? Number(value) : NaN;
      if (this.#isPlainSize(size)) found.push(`the plain size ${size} in ${name} of ${method}`);
    }
    return found;
  }

  // Numbers under keys that speak of sizes, and strings that are digests, wherever JSON was sent.
  #inJson(file) {
    const found = [];
    for (const text of texts(file)) {
      for (const [, key, digits] of text.matchAll(/"([\w.@]{0,40}(?:[sS]ize|[lL]ength)[\w.@]{0,20})"\s*:\s*"?(\d{4,20})/g)) {
        if (this.#isPlainSize(Number(digits))) found.push(`the plain size ${digits} under "${key}"`);
      }
      for (const [, value] of text.matchAll(/"([A-Za-z0-9+/=]{24,64})"/g)) {
        if (this.#digests.has(value)) found.push('a plain digest in JSON');
      }
    }
    return found;
  }
}

// By pieces that overlap by more than any match is long.
function* texts(file) {
  const kPiece = 16 << 20;
  const kOverlap = 256;
  const descriptor = fs.openSync(file, 'r');
  const piece = Buffer.alloc(kPiece);
  for (let at = 0, read; (read = fs.readSync(descriptor, piece, 0, kPiece, at)) > 0; at += Math.max(1, read - kOverlap)) {
    yield piece.toString('latin1', 0, read);
    if (read < kPiece) break;
  }
  fs.closeSync(descriptor);
}
