#!/usr/bin/env node
// Runs every vector through the exported functions of tools/open.mjs: whole, and in random slices.
// Prints "N passed, 0 failed" and ends with 1 when one failed.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { checkLength, decodePrefix, describe, fileKeys, openChunks, unwrapRecovery } from '../../tools/open.mjs';

const here = new URL('.', import.meta.url);

function parseVector(raw) {
  const end = raw.indexOf('\n\n');
  const lines = raw.toString('utf8', 0, end).split('\n');
  const header = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  return { header, bytes: raw.subarray(end + 2) };
}

// The next `size` bytes of a buffer, put together from pieces as a network would bring them.
function readerOf(bytes, pieceSize) {
  let at = 0;
  return async (size) => {
    const parts = [];
    for (let missing = Math.min(size, bytes.length - at); missing > 0;) {
      const piece = bytes.subarray(at, at + Math.min(missing, pieceSize()));
      parts.push(piece);
      at += piece.length;
      missing -= piece.length;
    }
    return Buffer.concat(parts);
  };
}

async function openVector({ header, bytes }, pieceSize) {
  const released = [];
  try {
    const read = readerOf(bytes, pieceSize);
    const prefix = decodePrefix(await read(512));
    if (header['record-plain-size']) checkLength(bytes.length, Number(header['record-plain-size']));
    const dek = header.dek ? Buffer.from(header.dek, 'hex')
      : unwrapRecovery(prefix, Buffer.from(header['epoch-key'], 'hex'));
    for await (const chunk of openChunks(read, fileKeys(prefix, dek))) released.push(chunk);
    return { verdict: 'ok', released: Buffer.concat(released), prefix };
  } catch (error) {
    if (!error.verdict) throw error;
    return { verdict: error.verdict, released: Buffer.concat(released) };
  }
}

function problemsOf({ header, bytes }, { verdict, released, prefix }) {
  const problems = [];
  if (verdict !== header.expect) problems.push(`verdict ${verdict}, expected ${header.expect}`);
  if (released.length !== Number(header['plain-size'])) problems.push(`released ${released.length} bytes`);
  if (createHash('sha256').update(released).digest('hex') !== header['plain-sha256']) problems.push('released other bytes');
  if (prefix && describe(prefix, bytes.length).plain_size !== released.length) problems.push('inspect shows another size');
  if (prefix && header.dek && header['epoch-key'] &&
      unwrapRecovery(prefix, Buffer.from(header['epoch-key'], 'hex')).toString('hex') !== header.dek) {
    problems.push('W holds another key');
  }
  return problems;
}

// Sizes from a fixed sequence: a failure can be repeated.
function pieces(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return 1 + (state >> 8) % 5000;
  };
}

let passed = 0;
let failed = 0;
for (const name of readdirSync(here).filter((file) => file.endsWith('.kv')).sort()) {
  const vector = parseVector(readFileSync(new URL(name, here)));
  const views = [() => Infinity, pieces(vector.bytes.length + 1)];
  const problems = [];
  for (const view of views) problems.push(...problemsOf(vector, await openVector(vector, view)));
  if (problems.length === 0) ++passed;
  else ++failed;
  if (problems.length > 0) console.error(`${name}: ${problems.join('; ')}`);
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed < 80) process.exitCode = 1;
