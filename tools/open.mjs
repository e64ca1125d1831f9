#!/usr/bin/env node
// open.mjs: opens one sealed Kerros file with nothing but Node 18 or later and this file.
//
// It is the way out: whoever holds a sealed file and its key needs no gateway, no keystore and no
// other program to get the plaintext back. Copy this one file anywhere and run
//
//     node open.mjs report.docx --inspect                            what it is, which key it needs
//     node open.mjs report.docx --dek-file key.hex -o report.plain.docx
//     some-key-command | node open.mjs report.docx --dek-file - -o report.plain.docx
//     node open.mjs report.docx --epoch-key-file epoch.hex -o report.plain.docx
//
// A key is 32 bytes, or 64 hexadecimal digits. --dek-hex takes it on the command line, where other
// users of the machine can read it and the shell remembers it: --dek-file is the better way.
// Nothing is written that was not verified, and OUT appears whole or not at all (it replaces what
// was there). The form is docs/format.md; written apart from the gateway's code and from the
// generator of the test vectors.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PREFIX_SIZE = 512;
const CHUNK_SIZE = 16384;
const TAG_SIZE = 16;
const SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE;
const MAX_CHUNKS = 2 ** 38;
const MAGIC = '8b4b52530d0a1a0a';
const SUITES = new Map([
  [1, { name: 'AEAD_AES_256_GCM', cipher: 'aes-256-gcm' }],
  [2, { name: 'AEAD_CHACHA20_POLY1305', cipher: 'chacha20-poly1305' }],
]);
const FLAG_RECOVERY = 1;

// `verdict` is one of: truncated, trailing-data, not-authentic, unknown-version, malformed,
// or not-found for a recovery wrap that is not there.
export class SealedError extends Error {
  constructor(verdict, message) {
    super(message);
    this.verdict = verdict;
  }
}

const allZero = (bytes) => bytes.every((byte) => byte === 0);
const sha512 = (bytes) => createHash('sha512').update(bytes).digest();

// Takes the first 512 bytes apart and checks all that needs no key (docs/format.md 8.1).
export function decodePrefix(bytes) {
  if (bytes.length < PREFIX_SIZE) throw new SealedError('truncated', 'it ends inside its prefix of 512 bytes');
  const header = bytes.subarray(0, 256);
  const recovery = bytes.subarray(256, 456);
  if (header.toString('hex', 0, 8) !== MAGIC) throw new SealedError('malformed', 'it does not begin like a sealed file');
  const version = header.readUInt16BE(8);
  if (version !== 1) throw new SealedError('unknown-version', `it says format version ${version}`);
  const suite = header.readUInt16BE(10);
  if (!SUITES.has(suite)) throw new SealedError('unknown-version', `it says suite ${suite}`);
  const flags = header.readUInt32BE(12);
  if (flags > FLAG_RECOVERY) throw new SealedError('unknown-version', 'it has a flag of a later version');
  const unused = [header.subarray(64), flags & FLAG_RECOVERY ? recovery.subarray(88) : recovery];
  if (!unused.every(allZero)) throw new SealedError('malformed', 'a byte that must be zero is not');
  return {
    suite, header, recovery: flags & FLAG_RECOVERY ? recovery : undefined,
    tenant: header.subarray(16, 32), unit: header.subarray(32, 48), key: header.subarray(48, 64),
    salt: bytes.subarray(456, 480), commitment: bytes.subarray(480, 512),
  };
}

// Key and base nonce of the chunks; refuses before any cipher call when the commitment is another's.
export function fileKeys(prefix, dek) {
  const name = SUITES.get(prefix.suite).name;
  const info = Buffer.concat([
    Buffer.from(`c2sp.org/chunked-encryption@v1+${name}\0`, 'latin1'), prefix.salt, sha512(prefix.header)]);
  const expand = (before, count) => createHmac('sha512', dek).update(before).update(info).update(Buffer.of(count)).digest();
  const first = expand(Buffer.alloc(0), 1);
  const material = Buffer.concat([first, expand(first, 2)]).subarray(0, 76);
  if (!timingSafeEqual(material.subarray(44), prefix.commitment)) {
    throw new SealedError('not-authentic', 'its commitment does not belong to this key');
  }
  return { suite: prefix.suite, key: material.subarray(0, 32), baseNonce: material.subarray(32, 44) };
}

function aeadOpen(cipherName, key, nonce, sealed, associated, what) {
  const end = sealed.length - TAG_SIZE;
  const cipher = createDecipheriv(cipherName, key, nonce, { authTagLength: TAG_SIZE });
  if (associated) cipher.setAAD(associated, { plaintextLength: end });
  cipher.setAuthTag(sealed.subarray(end));
  const plain = cipher.update(sealed.subarray(0, end));
  try {
    cipher.final();
  } catch {
    throw new SealedError('not-authentic', `${what} is not authentic`);
  }
  return plain;
}

// HChaCha20 is a ChaCha20 block without the final addition, so what was added is taken off again.
function hChaCha20(key, nonce) {
  const block = createCipheriv('chacha20', key, nonce).update(Buffer.alloc(64));
  const constants = Buffer.from('expand 32-byte k', 'latin1');
  const minus = (at, words) => [0, 4, 8, 12].map((i) => (block.readUInt32LE(at + i) - words.readUInt32LE(i)) >>> 0);
  const out = Buffer.alloc(32);
  [...minus(0, constants), ...minus(48, nonce)].forEach((word, i) => out.writeUInt32LE(word, 4 * i));
  return out;
}

// The file's key out of its recovery wrap W (docs/format.md 5.1).
export function unwrapRecovery(prefix, epochKey) {
  if (!prefix.recovery) throw new SealedError('not-found', 'it carries no recovery wrap');
  const nonce = prefix.recovery.subarray(16, 40);
  const associated = Buffer.concat([
    Buffer.from('kerros/1/recovery-wrap\0', 'latin1'), sha512(prefix.header), prefix.commitment]);
  const rest = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  return aeadOpen('chacha20-poly1305', hChaCha20(epochKey, nonce.subarray(0, 16)), rest,
    prefix.recovery.subarray(40, 88), associated, 'the recovery wrap');
}

// A known plain size allows exactly one length of the file.
export function checkLength(sealedSize, plainSize) {
  const expected = PREFIX_SIZE + plainSize + TAG_SIZE * (Math.floor(plainSize / CHUNK_SIZE) + 1);
  if (sealedSize < expected) throw new SealedError('truncated', `it has ${sealedSize} bytes and should have ${expected}`);
  if (sealedSize > expected) throw new SealedError('trailing-data', `it has ${sealedSize} bytes and should have ${expected}`);
}

// Yields each chunk once it is verified. `read(size)` gives fewer bytes only at the end of the file.
// A loop that ends without an error has seen the final chunk.
export async function* openChunks(read, keys) {
  const { cipher } = SUITES.get(keys.suite);
  for (let number = 0; number < MAX_CHUNKS; ++number) {
    const sealed = await read(SEALED_CHUNK_SIZE);
    if (sealed.length < TAG_SIZE) throw new SealedError('truncated', `it ends before its final chunk, at chunk ${number}`);
    const counter = Buffer.alloc(12);
    counter.writeUIntBE(number, 7, 5);
    const nonce = Buffer.from(keys.baseNonce.map((byte, i) => byte ^ counter[i]));
    yield aeadOpen(cipher, keys.key, nonce, sealed, undefined, `chunk ${number}`);
    if (sealed.length < SEALED_CHUNK_SIZE) return;
  }
  throw new SealedError('trailing-data', 'it has more chunks than a file may have');
}

const uuid = (id) => id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

export function describe(prefix, sealedSize) {
  const rest = (sealedSize - PREFIX_SIZE) % SEALED_CHUNK_SIZE;
  const chunks = Math.floor((sealedSize - PREFIX_SIZE) / SEALED_CHUNK_SIZE) + 1;
  return {
    version: 1, suite: prefix.suite, suite_name: SUITES.get(prefix.suite).name,
    tenant: uuid(prefix.tenant), unit: uuid(prefix.unit), key: uuid(prefix.key),
    recovery_epoch: prefix.recovery ? uuid(prefix.recovery.subarray(0, 16)) : null,
    salt: prefix.salt.toString('hex'), commitment: prefix.commitment.toString('hex'), sealed_size: sealedSize,
    plain_size: rest < TAG_SIZE ? null : sealedSize - PREFIX_SIZE - TAG_SIZE * chunks,
  };
}

// ---- the command -------------------------------------------------------------------------------

const USAGE = `usage: node open.mjs FILE (--dek-file F | --dek-hex HEX | --epoch-key-file F) [-o OUT] [--plain-size N]
       node open.mjs FILE --inspect

  --dek-file F         the file's key: 32 bytes or 64 hexadecimal digits; - reads standard input
  --dek-hex HEX        the same on the command line, where others can see it
  --epoch-key-file F   the recovery epoch key, for a file that carries a recovery wrap
  -o, --output OUT     where the plaintext goes; without it, standard output after a first whole check
  --plain-size N       refuse a file that does not hold exactly N bytes
  --inspect            print the header as JSON; needs no key
exit codes: 0 done, 1 failed, 2 usage, 4 not authentic or not whole`;

const ADVICE = {
  'truncated': ['bytes are missing: the file was cut, or never fully stored', 'fetch the file again and compare its size'],
  'trailing-data': ['bytes follow where the file should end', 'fetch the file again and compare its size'],
  'not-authentic': ['the stored bytes were changed after sealing, or the key belongs to another file',
    '`--inspect` shows the id of the key this file needs'],
  'unknown-version': ['a later Kerros may have written it', 'use the open.mjs that came with that version'],
  'not-found': ['it was sealed without one', 'only the key of the file itself opens it'],
  'malformed': ['this is not a sealed file, or its first bytes were changed', 'an ordinary file needs no opening'],
};

class UsageError extends Error {}
// At import there is nothing to clean; while OUT is being written this names the unfinished file.
let unfinished;

function removeUnfinished() {
  if (unfinished) rmSync(unfinished, { force: true });
  unfinished = undefined;
}

function parseKey(bytes) {
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (bytes.length === 32) return bytes;
  throw new UsageError('the key is neither 32 bytes nor 64 hexadecimal digits');
}

async function readStandardInput() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  return Buffer.concat(parts);
}

function parseCommand(argv) {
  let parsed;
  try {
    const text = { type: 'string' };
    parsed = parseArgs({ args: argv, allowPositionals: true, options: { 'dek-hex': text, 'dek-file': text,
      'epoch-key-file': text, output: { type: 'string', short: 'o' }, 'plain-size': text,
      inspect: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  if (positionals.length !== 1) throw new UsageError('name exactly one file');
  const keys = ['dek-hex', 'dek-file', 'epoch-key-file'].filter((name) => values[name] !== undefined);
  if (keys.length !== (values.inspect ? 0 : 1)) throw new UsageError(values.inspect ? '--inspect takes no key' : 'name exactly one key');
  const plainSize = values['plain-size'];
  if (plainSize !== undefined && !/^\d{1,15}$/.test(plainSize)) throw new UsageError('--plain-size takes a number of bytes');
  return { ...values, file: positionals[0], plainSize: plainSize === undefined ? undefined : Number(plainSize) };
}

async function findKey(command, prefix) {
  const from = async (name) => parseKey(name === '-' ? await readStandardInput() : await readFile(name));
  if (command['dek-hex'] !== undefined) return parseKey(Buffer.from(command['dek-hex'], 'latin1'));
  if (command['dek-file'] !== undefined) return from(command['dek-file']);
  return unwrapRecovery(prefix, await from(command['epoch-key-file']));
}

// Reads a file handle from `position` on in pieces of 64 chunks, so that memory stays small.
function readerOf(handle, position) {
  let held = Buffer.alloc(0);
  return async (size) => {
    while (held.length < size) {
      const more = Buffer.allocUnsafe(64 * SEALED_CHUNK_SIZE);
      const { bytesRead } = await handle.read(more, 0, more.length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      held = Buffer.concat([held, more.subarray(0, bytesRead)]);
    }
    const part = held.subarray(0, size);
    held = held.subarray(part.length);
    return part;
  };
}

async function refuseUnsuitable(out, input) {
  const found = await stat(out).catch((error) => { if (error.code !== 'ENOENT') throw error; });
  if (!found) return;
  if (!found.isFile()) throw new UsageError(`${out} is not an ordinary file`);
  const source = await input.stat();
  if (found.ino === source.ino && found.dev === source.dev) throw new UsageError(`${out} is the sealed file itself`);
}

async function writeWhole(out, chunks) {
  const name = `${out}.${randomBytes(6).toString('hex')}.part`;
  const handle = await open(name, 'wx', 0o600);
  unfinished = name;
  try {
    for await (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(name, out);
  unfinished = undefined;
}

async function run(command, input) {
  const prefix = decodePrefix(await readerOf(input, 0)(PREFIX_SIZE));
  const { size } = await input.stat();
  if (command.inspect) return process.stdout.write(`${JSON.stringify(describe(prefix, size), null, 2)}\n`);
  if (command.output !== undefined) await refuseUnsuitable(command.output, input);
  const dek = await findKey(command, prefix);
  if (command.plainSize !== undefined) checkLength(size, command.plainSize);
  const keys = fileKeys(prefix, dek);
  const chunks = () => openChunks(readerOf(input, PREFIX_SIZE), keys);
  if (command.output !== undefined) return writeWhole(command.output, chunks());
  for await (const chunk of chunks()) chunk.fill(0);  // standard output cannot be taken back: check first
  return pipeline(Readable.from(chunks()), process.stdout, { end: false });
}

function report(error, file) {
  const say = (kind, text) => process.stderr.write(`open.mjs: ${kind}: ${text}\n`);
  if (error instanceof UsageError) {
    say('error', error.message);
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  say('error', `cannot open ${file}: ${error.message}`);
  const [why, hint] = ADVICE[error.verdict] ?? ['the system refused it', 'see the error above'];
  say('why', why);
  say('hint', hint);
  return ['truncated', 'trailing-data', 'not-authentic'].includes(error.verdict) ? 4 : 1;
}

export async function main(argv) {
  let command = {};
  let input;
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
    process.on(signal, () => { removeUnfinished(); process.exit(code); });
  }
  try {
    command = parseCommand(argv);
    if (command.help) { process.stdout.write(`${USAGE}\n`); return 0; }
    input = await open(command.file, 'r');
    await run(command, input);
    return 0;
  } catch (error) {
    removeUnfinished();
    return report(error, command.file);
  } finally {
    await input?.close();
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
