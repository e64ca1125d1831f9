// Canaries: texts planted in what must stay secret, and the search for them where they must not be.
import fs from 'node:fs';
import path from 'node:path';

import { candidates, emptyBitmap, kWindow, mark } from './windows.mjs';

// What can be said for sure about the base64 of 8 bytes that follow `before` others: 10 characters.
function base64Core(window, before) {
  const text = Buffer.concat([Buffer.alloc(before), window, Buffer.alloc(3)]).toString('base64');
  const first = [0, 2, 3][before];
  return text.slice(first, first + 10);
}

// Every form a window of 8 bytes may have leaked in.
function formsOf(window) {
  const hex = window.toString('hex');
  const wide = Buffer.from(window.toString('latin1'), 'utf16le');
  return [
    ['raw', window],
    ...[0, 1, 2].map((before) => [`base64 after ${before}`, Buffer.from(base64Core(window, before))]),
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
    ['UTF-16LE', wide],
    ['UTF-16BE', Buffer.from(wide).swap16()],
  ];
}

export class CanarySearch {
  constructor() {
    this.bitmap = emptyBitmap(22);
    this.needles = new Map();
    this.longest = 0;
  }

  // Of this text no 8-byte window shall be found, in any form.
  add(canary) {
    const bytes = Buffer.from(canary, 'latin1');
    for (let at = 0; at + kWindow <= bytes.length; at += 1) {
      for (const [form, needle] of formsOf(bytes.subarray(at, at + kWindow))) this.#remember(canary, form, needle);
    }
  }

  #remember(canary, form, needle) {
    const start = needle.subarray(0, kWindow);
    const key = start.toString('latin1');
    mark(this.bitmap, start);
    if (!this.needles.has(key)) this.needles.set(key, []);
    this.needles.get(key).push({ canary, form, needle });
    this.longest = Math.max(this.longest, needle.length);
  }

  in(bytes) {
    const hits = [];
    for (const at of candidates(bytes, this.bitmap)) {
      for (const { canary, form, needle } of this.needles.get(bytes.toString('latin1', at, at + kWindow)) ?? []) {
        if (bytes.subarray(at, at + needle.length).equals(needle)) hits.push({ canary, form });
      }
    }
    return hits;
  }

  // By pieces that overlap, so that no needle is torn in two.
  inFile(file) {
    const descriptor = fs.openSync(file, 'r');
    const piece = Buffer.alloc(16 << 20);
    const hits = [];
    let kept = 0;
    for (;;) {
      const read = fs.readSync(descriptor, piece, kept, piece.length - kept, null);
      if (read === 0) break;
      const filled = kept + read;
      hits.push(...this.in(piece.subarray(0, filled)).map((hit) => ({ ...hit, file })));
      kept = Math.min(this.longest - 1, filled);
      piece.copyWithin(0, filled - kept, filled);
    }
    fs.closeSync(descriptor);
    return hits;
  }

  // Everything below a directory; also how much was searched, so that nobody searches nothing.
  below(directory) {
    const hits = [];
    let searched = 0;
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
      const place = path.join(directory, entry.name);
      const inside = entry.isDirectory() ? this.below(place) : entry.isFile()
        ? { hits: this.inFile(place), searched: fs.statSync(place).size } : { hits: [], searched: 0 };
      hits.push(...inside.hits);
      searched += inside.searched;
    }
    return { hits, searched };
  }
}
