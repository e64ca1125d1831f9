// A second verifier of the audit log, written from docs/log.md and sharing nothing with the program:
// C2SP tlog-tiles, tlog-checkpoint, signed-note; RFC 6962; Ed25519 and SHA-256 by Node. It needs no
// secret. It recomputes the whole tree from the entries, checks every tile and every signed
// checkpoint, counts the sealed records day by day, and holds exported records against the tree.
//
//   node verify-log.mjs DIR [--verifier VKEY] [--older FILE] [--export FILE]
//
// VKEY: the key the auditor was given; else DIR/verifier. --older: checkpoints kept elsewhere.
// --export: what `kerros audit export --proof` wrote.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const WIDTH = 256;
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

// RFC 6962 2.1, over entries [begin, end): split at the largest power of two below their number. The
// hashes of whole tiles are kept, since every checkpoint needs them again.
function treeOf(entries) {
  const known = new Map();
  return function hash(begin, end) {
    if (begin === end) return sha256();
    if (begin + 1 === end) return sha256(Uint8Array.of(0), entries[begin]);
    const key = `${begin}:${end}`;
    if (known.has(key)) return known.get(key);
    let split = 1;
    while (split * 2 < end - begin) split *= 2;
    const found = sha256(Uint8Array.of(1), hash(begin, begin + split), hash(begin + split, end));
    if (end - begin >= WIDTH && split * 2 === end - begin) known.set(key, found);
    return found;
  };
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
    if (bytes.toString('base64') !== encoded || !bytes.subarray(0, 4).equals(verifier.keyId)) continue;
    if (!verifySignature(null, Buffer.from(body), verifier.key, bytes.subarray(4)))
      throw new Error(`${where}: the signature does not hold`);
    held = true;
  }
  if (!held) throw new Error(`${where}: no signature of ${verifier.name}`);
  const [origin, size, root, ...more] = body.split('\n');
  if (origin !== verifier.name || !/^(0|[1-9][0-9]*)$/.test(size)) throw new Error(`${where}: of another log`);
  const extension = (word) => Number(more.find((line) => line.startsWith(`${word} `))?.split(' ')[1] ?? 0);
  return { size: Number(size), root, kept: extension('kept') || 1, store: extension('store') };
}

export function splitHistory(text) {
  const blocks = text.split('\n\n');
  if (blocks.pop() !== '') throw new Error('checkpoints: the last note is not whole');
  const notes = [];
  for (let i = 0; i < blocks.length; i += 2) notes.push(`${blocks[i]}\n\n${blocks[i + 1]}\n`);
  return notes;
}

function tilePath(level, index) {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  return `tile/${level}/${path}`;
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
  for (let at = 0; at < bytes.length && entries.length < width; at += 2 + bytes.readUInt16BE(at))
    entries.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
  if (entries.length === width && entries.every((entry) => entry.length === 32)) return entries;
  throw new Error(`${path}: an entry is missing or has not 32 bytes`);
}

// Every tile holds the hashes of what lies below it.
function checkTiles(directory, tree, size) {
  for (let level = 0, span = 1; span <= size; level += 1, span *= WIDTH) {
    const count = Math.floor(size / span);
    for (let start = 0; start < count; start += WIDTH) {
      const hashes = Array.from({ length: Math.min(WIDTH, count - start) },
        (_, i) => tree((start + i) * span, (start + i + 1) * span));
      const path = tileFile(directory, level, start / WIDTH, hashes.length);
      if (!readFileSync(path).subarray(0, hashes.length * 32).equals(Buffer.concat(hashes)))
        throw new Error(`${path}: not the hashes of what lies below it`);
    }
  }
}

// Segments say in clear which record they begin with and how long each sealed record is.
function countRecords(directory, newest) {
  const names = readdirSync(join(directory, 'segments')).sort();
  let [position, first] = [0, 1];
  for (const name of names) {
    const bytes = readFileSync(join(directory, 'segments', name));
    if (!/^\d{4}-\d\d-\d\d\.seg$/.test(name) || bytes.toString('latin1', 0, 8) !== 'KRSAUDT\x01')
      throw new Error(`segments/${name}: not a segment`);
    const begin = Number(bytes.readBigUInt64BE(8));
    if (position === 0) [first, position] = [begin, begin];
    if (begin !== position) throw new Error(`segments/${name}: begins with record ${begin}, not ${position}`);
    let at = 20 + bytes.readUInt32BE(16);
    while (at < bytes.length) {
      const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32BE(at) : Infinity;
      const whole = end <= bytes.length && end - at > 44;
      if (!whole && name === names.at(-1) && position > newest.size) return first; // being written
      if (!whole) throw new Error(`segments/${name}: record ${position} is cut`);
      [at, position] = [end, position + 1];
    }
  }
  if (first > newest.kept) throw new Error(`segments: they begin with record ${first}, not ${newest.kept}`);
  if (position <= newest.size) throw new Error(`segments: they end before record ${newest.size}`);
  return first;
}

// Each exported record is the one in the tree at its position.
function checkExport(text, entries) {
  let before = 0;
  for (const line of text.split('\n').filter(Boolean)) {
    const { position, proof: { salt, payload } } = JSON.parse(line);
    const entry = sha256('kerros/1/audit-leaf\0', Buffer.from(salt, 'hex'), Buffer.from(payload, 'base64'));
    if (position <= before) throw new Error(`export: record ${position}: not in order`);
    if (position <= entries.length && !entry.equals(entries[position - 1])) // others are not signed yet
      throw new Error(`export: record ${position}: not the one in the tree`);
    before = position;
  }
}

export function verifyLog(directory, { verifier: vkey, older, exported } = {}) {
  const read = (name) => readFileSync(join(directory, name), 'utf8');
  const verifier = parseVerifier(vkey ?? read('verifier').trimEnd());
  const history = splitHistory(read('checkpoints')).map((note, i) =>
    openCheckpoint(note, verifier, `checkpoints: note ${i + 1}`));
  const newest = openCheckpoint(read('checkpoint'), verifier, 'checkpoint');
  const entries = [];
  for (let start = 0; start < newest.size; start += WIDTH)
    entries.push(...readEntries(directory, start / WIDTH, Math.min(WIDTH, newest.size - start)));
  const tree = treeOf(entries);
  checkTiles(directory, tree, newest.size);
  const stands = ({ size, root }, where) => {
    if (size > newest.size) throw new Error(`${where} of size ${size} is newer than the log's own`);
    if (tree(0, size).toString('base64') !== root)
      throw new Error(`${where} of size ${size} signs another tree`);
  };
  let before = { size: 0, kept: 1, store: 0 };
  let wentBack = 0;
  for (const checkpoint of [...history, newest]) {
    if (checkpoint.size < before.size || checkpoint.kept < before.kept)
      throw new Error('a checkpoint takes back what one before it signed');
    if (checkpoint.store < before.store) wentBack += 1; // accepted by somebody: the record says who
    before = checkpoint;
    stands(checkpoint, 'the checkpoint');
  }
  for (const note of older?.endsWith('\n\n') ? splitHistory(older) : [older ?? []].flat())
    stands(openCheckpoint(note, verifier, 'kept elsewhere'), 'the one kept elsewhere');
  const first = countRecords(directory, newest);
  if (exported !== undefined) checkExport(exported, entries);
  return { records: newest.size, checkpoints: history.length, first, wentBack };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const type = 'string';
    const { values: asked, positionals } = parseArgs({
      allowPositionals: true, options: { verifier: { type }, older: { type }, export: { type } } });
    const file = (name) => name && readFileSync(name, 'utf8');
    const { records, checkpoints, first, wentBack } = verifyLog(positionals[0],
      { verifier: asked.verifier, older: file(asked.older), exported: file(asked.export) });
    console.log(`sound: ${records} records, ${checkpoints} checkpoints, kept from record ${first}; ` +
      `the store went back ${wentBack} times`);
  } catch (error) {
    console.error(`not sound: ${error.message}`);
    process.exitCode = 4;
  }
}
