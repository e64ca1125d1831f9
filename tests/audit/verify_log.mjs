// A second verifier of the audit log, written from the specifications and sharing nothing with the
// program: C2SP tlog-tiles, tlog-checkpoint, signed-note; RFC 6962; Ed25519 and SHA-256 by Node.
// It needs no secret. It recomputes the whole tree from the entries and checks every tile, every
// signed checkpoint of the history and the newest one.
//
//   node verify_log.mjs DIR [VKEY]      VKEY: the key the auditor was given; else DIR/verifier
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const WIDTH = 256;
const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

// RFC 6962 2.1: split at the largest power of two below n.
function treeHash(hashes) {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(treeHash(hashes.slice(0, split)), treeHash(hashes.slice(split)));
}

export function parseVerifier(text) {
  const [name, id, key, ...rest] = text.split('+');
  // Base64 has plus signs of its own: what follows the second one is the key.
  const encoded = [key, ...rest].join('+');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 33 || bytes[0] !== 1 || bytes.toString('base64') !== encoded)
    throw new Error('verifier: not an Ed25519 key');
  const keyId = sha256(name, '\n', bytes).subarray(0, 4);
  if (keyId.toString('hex') !== id) throw new Error('verifier: the key id is not that of the key');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  return { name, keyId, key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

export function openCheckpoint(note, verifier, where) {
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n')) throw new Error(`${where}: not a signed note`);
  const body = note.slice(0, blank + 1);
  let held = false;
  for (const line of note.slice(blank + 2, -1).split('\n')) {
    const [dash, name, encoded] = line.split(' ');
    if (dash !== '\u2014' || name !== verifier.name) continue;
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (bytes.toString('base64') !== encoded || !bytes.subarray(0, 4).equals(verifier.keyId))
      continue;
    if (!verifySignature(null, Buffer.from(body), verifier.key, bytes.subarray(4)))
      throw new Error(`${where}: the signature does not hold`);
    held = true;
  }
  if (!held) throw new Error(`${where}: no signature of ${verifier.name}`);
  const [origin, size, root] = body.split('\n');
  if (origin !== verifier.name) throw new Error(`${where}: of another log`);
  if (!/^(0|[1-9][0-9]*)$/.test(size)) throw new Error(`${where}: the size is not a number`);
  return { size: Number(size), root };
}

export function splitHistory(text) {
  const blocks = text.split('\n\n');
  if (blocks.pop() !== '') throw new Error('checkpoints: the last note is not whole');
  const notes = [];
  for (let i = 0; i < blocks.length; i += 2) notes.push(`${blocks[i]}\n\n${blocks[i + 1]}\n`);
  return notes;
}

function tilePath(level, index) {
  const groups = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(String(rest % 1000).padStart(3, '0'));
  return `tile/${level}/${groups.map((g, i) => (i < groups.length - 1 ? `x${g}` : g)).join('/')}`;
}

// The file of a tile: the unfinished form of that width, or the whole one.
function tileFile(directory, level, index, width) {
  const whole = join(directory, tilePath(level, index));
  const partial = `${whole}.p/${width}`;
  return width < WIDTH && existsSync(partial) ? partial : whole;
}

function readEntries(directory, index, width) {
  const path = tileFile(directory, 'entries', index, width);
  const bytes = readFileSync(path);
  const entries = [];
  for (let at = 0; at < bytes.length && entries.length < width; ) {
    const length = bytes.readUInt16BE(at);
    entries.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length < width || entries.some((entry) => entry.length !== 32))
    throw new Error(`${path}: an entry is missing or has not 32 bytes`);
  return entries;
}

function compareTile(directory, level, index, hashes) {
  const path = tileFile(directory, level, index, hashes.length);
  const stored = readFileSync(path).subarray(0, hashes.length * 32);
  if (!stored.equals(Buffer.concat(hashes)))
    throw new Error(`${path}: not the hashes of what lies below it`);
}

// Hashes of every tile level for a tree of these leaves; each tile is compared with its file.
function checkTiles(directory, leaves) {
  for (let level = 0, hashes = leaves; hashes.length > 0; ++level) {
    const above = [];
    for (let start = 0; start < hashes.length; start += WIDTH) {
      const tile = hashes.slice(start, start + WIDTH);
      compareTile(directory, level, start / WIDTH, tile);
      if (tile.length === WIDTH) above.push(treeHash(tile));
    }
    hashes = above;
  }
}

export function verifyLog(directory, vkey) {
  const read = (name) => readFileSync(join(directory, name), 'utf8');
  const verifier = parseVerifier(vkey ?? read('verifier').trimEnd());
  const history = splitHistory(read('checkpoints')).map((note, i) =>
    openCheckpoint(note, verifier, `checkpoints: note ${i + 1}`));
  const newest = openCheckpoint(read('checkpoint'), verifier, 'checkpoint');
  const leaves = [];
  for (let start = 0; start < newest.size; start += WIDTH) {
    const width = Math.min(WIDTH, newest.size - start);
    for (const entry of readEntries(directory, start / WIDTH, width)) leaves.push(leafHash(entry));
  }
  checkTiles(directory, leaves);
  let before = 0;
  for (const checkpoint of [...history, newest]) {
    if (checkpoint.size < before) throw new Error('a checkpoint signs a smaller tree than before');
    before = checkpoint.size;
    if (treeHash(leaves.slice(0, checkpoint.size)).toString('base64') !== checkpoint.root)
      throw new Error(`the checkpoint of size ${checkpoint.size} signs another tree`);
  }
  return { records: newest.size, checkpoints: history.length };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { records, checkpoints } = verifyLog(process.argv[2], process.argv[3]);
    console.log(`sound: ${records} records, ${checkpoints} checkpoints`);
  } catch (error) {
    console.error(`not sound: ${error.message}`);
    process.exitCode = 4;
  }
}
