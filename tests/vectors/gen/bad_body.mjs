// Vectors whose body is wrong: lengths, order of chunks, bits, other ways to seal, two keys.
import { AT, CHUNK, PREFIX, SEALED_CHUNK, SUITES, bytesOf, flip, put, right, seal } from './kit.mjs';
import { aeadSeal, bigEndian, hkdfExpand, hmac512, sha512, stream } from './primitives.mjs';
import { gcmChunk, openWithoutCommitment, polyChunk } from './two_keys.mjs';
import { saltWithCarry } from './good.mjs';

const border = (chunk) => PREFIX + chunk * SEALED_CHUNK;
const SHORT_PLAIN = 100;  // of the third chunk of the files that are cut and shuffled

function cuts(all) {
  const file = seal('cut', { size: 2 * CHUNK + SHORT_PLAIN });
  const bytes = bytesOf(file);
  const cut = (expect, size, comment, failing = 0) => all.refuses(expect, `cut_at_${size}`,
    `cut at ${size}`, comment, file, bytes.subarray(0, size), { failing });
  cut('truncated', 0, 'an empty file is not a sealed empty file');
  cut('truncated', 1, 'one byte of the magic');
  cut('truncated', 255, 'a header without its last byte');
  cut('truncated', 256, 'the header alone');
  cut('truncated', 455, 'W without its last byte');
  cut('truncated', 479, 'salt without its last byte');
  cut('truncated', 511, 'commitment without its last byte');
  cut('truncated', 512, 'the prefix alone: the final chunk is missing');
  cut('truncated', 513, 'one byte of the first chunk');
  cut('truncated', 527, 'fewer bytes than a tag');
  cut('not-authentic', 528, 'as long as a sealed empty file');
  cut('not-authentic', border(1) - 1, 'the first chunk without its last byte');
  cut('truncated', border(1), 'at the first chunk border', 1);
  cut('truncated', border(1) + 1, 'one byte past the first chunk border', 1);
  cut('truncated', border(1) + 15, 'a tag and nothing less was needed', 1);
  cut('not-authentic', border(1) + 16, 'a possible length', 1);
  cut('not-authentic', border(2) - 1, 'the second chunk without its last byte', 1);
  cut('truncated', border(2), 'at the second chunk border', 2);
  cut('truncated', border(2) + 1, 'one byte past the second chunk border', 2);
  cut('not-authentic', bytes.length - 1, 'the file without its last byte', 2);
}

function records(all) {
  const file = seal('records', { size: CHUNK + 500 });
  const bytes = bytesOf(file);
  const against = (expect, name, field, comment, changed) => all.refuses(expect, name, field, comment,
    file, changed, { recordPlainSize: file.plain.length });
  against('truncated', 'record_longer', 'possible length below the record',
    'who knows the size sees the cut before any cipher call', bytes.subarray(0, -100));
  against('trailing-data', 'record_one_byte', 'one byte after the recorded end', 'something was appended',
    Buffer.concat([bytes, Buffer.alloc(1)]));
  against('trailing-data', 'record_one_chunk', 'a whole chunk after the recorded end',
    'something was appended', Buffer.concat([bytes, Buffer.alloc(SEALED_CHUNK)]));
  against('trailing-data', 'record_newer_version', 'a longer file of the same key id',
    'right bytes, but not those of the record',
    bytesOf(seal('records', { size: CHUNK + 600, salt: stream('another salt', 24) })));
}

function extended(all) {
  const file = seal('extended', { size: CHUNK + 200 });
  const bytes = bytesOf(file);
  const bad = (name, field, comment, tail, of = file, failing = 1) => all.refuses('not-authentic', name,
    field, comment, of, Buffer.concat([bytesOf(of), tail]), { failing });
  bad('append_byte', 'one byte appended', 'the final chunk grows by it', Buffer.from([0]));
  bad('append_tag_of_zeros', 'sixteen zeros appended', 'as long as one more empty chunk', Buffer.alloc(16));
  bad('append_file', 'a second file appended', 'two files in one', bytesOf(seal('second', { size: 50 })));
  bad('append_final_again', 'final chunk appended again', 'the last chunk twice', file.chunks[1]);
  const next = right.chunk(file, 2, Buffer.alloc(0));
  bad('append_empty_chunk', 'an empty chunk sealed after the final one', 'made by one who has the key', next);
  const empty = seal('extended empty', {});
  bad('append_empty_to_empty', 'an empty chunk after the empty final one', 'made by one who has the key',
    right.chunk(empty, 1, Buffer.alloc(0)), empty, 0);
  const filled = right.chunk(file, 1, Buffer.concat([file.plain.subarray(CHUNK), Buffer.alloc(CHUNK - 200)]));
  all.refuses('truncated', 'final_full', 'final chunk of full size', 'only a shorter chunk ends a file',
    { ...file, plain: Buffer.concat([file.plain, Buffer.alloc(CHUNK - 200)]) },
    Buffer.concat([bytes.subarray(0, border(1)), filled]), { failing: 2 });
  const over = seal('oversize', { size: CHUNK + 16 });
  all.refuses('not-authentic', 'final_oversize', 'final chunk longer than a full one',
    'sealed in one piece by one who has the key', over,
    Buffer.concat([bytesOf(over).subarray(0, PREFIX), right.chunk(over, 0, over.plain)]));
}

function shuffled(all) {
  const file = seal('shuffled', { size: 2 * CHUNK + SHORT_PLAIN });
  const other = seal('shuffled other', { size: 2 * CHUNK + SHORT_PLAIN });
  const older = seal('shuffled', { plain: stream('older', 2 * CHUNK + SHORT_PLAIN), salt: stream('older salt', 24) });
  const [a, b, last] = file.chunks;
  const bad = (name, field, comment, chunks, failing = 0) => all.refuses('not-authentic', name, field,
    comment, file, bytesOf({ ...file, chunks }), { failing });
  bad('swap_chunks', 'chunks 0 and 1 swapped', 'the number is in the nonce', [b, a, last]);
  bad('repeat_chunk', 'chunk 0 twice, instead of chunk 1', 'the number is in the nonce', [a, a, last], 1);
  bad('insert_chunk', 'chunk 1 twice', 'everything after moves by one', [a, b, b, last], 2);
  bad('drop_first', 'chunk 0 missing', 'everything moves by one', [b, last]);
  bad('drop_middle', 'chunk 1 missing', 'the final chunk moves by one', [a, last], 1);
  bad('final_only', 'all but the final chunk missing', 'a short file out of a long one', [last]);
  bad('splice_other_file', 'chunk 1 of another file', 'keys differ', [a, other.chunks[1], last], 1);
  bad('splice_other_final', 'final chunk of another file', 'keys differ', [a, b, other.chunks[2]], 2);
  bad('splice_other_version', 'chunk 1 of another version under the same key',
    'the salt alone keeps them apart', [a, older.chunks[1], last], 1);
  bad('body_of_other', 'whole body of another file', 'keys differ', other.chunks);
}

function changed(all) {
  const file = seal('changed', { size: 2 * CHUNK + SHORT_PLAIN });
  const bytes = bytesOf(file);
  const bad = (name, field, comment, body, failing) =>
    all.refuses('not-authentic', name, field, comment, file, body, { failing });
  bad('flip_chunk_0', 'chunk 0, first bit', 'one bit', flip(bytes, border(0), 0x80), 0);
  bad('flip_tag_0', 'tag of chunk 0, last bit', 'one bit', flip(bytes, border(1) - 1), 0);
  bad('flip_chunk_1', 'chunk 1, a bit in the middle', 'one bit', flip(bytes, border(1) + 8000), 1);
  bad('flip_final', 'final chunk, first bit', 'one bit', flip(bytes, border(2), 0x80), 2);
  bad('flip_final_tag', 'tag of the final chunk, last bit', 'one bit', flip(bytes, bytes.length - 1), 2);
  bad('hole_chunk_1', 'chunk 1, zeros', 'a hole is no chunk of zeros', put(bytes, border(1), Buffer.alloc(SEALED_CHUNK)), 1);
  const small = seal('changed small', { size: 60 });
  const sealed = small.chunks[0];
  all.refuses('not-authentic', 'tag_in_front', 'tag before the ciphertext', 'another order of the parts',
    small, bytesOf({ ...small, chunks: [Buffer.concat([sealed.subarray(-16), sealed.subarray(0, -16)])] }));
  all.refuses('not-authentic', 'tag_zeros', 'tag, zeros', 'an erased tag', small,
    put(bytesOf(small), border(0) + 60, Buffer.alloc(16)));
  all.refuses('not-authentic', 'tag_short', 'tag of 12 bytes', 'a shortened tag', small, bytesOf(small).subarray(0, -4));
}

// Whole files sealed in another way by one who has the key. `failing` counts the chunks that agree.
function otherNonces(all) {
  const xorAt = (place) => (base, number) => {
    const counter = Buffer.alloc(12);
    place(counter, number);
    return Buffer.from(base.map((byte, i) => byte ^ counter[i]));
  };
  const add = (base, number) => bigEndian((BigInt(`0x${base.toString('hex')}`) + BigInt(number)) & ((1n << 96n) - 1n), 12);
  const bad = (name, field, comment, nonce, failing = 1, sealing = {}) => {
    const file = seal(`nonce ${name}`, { size: CHUNK + 10, ...sealing, way: { nonce } });
    all.refuses('not-authentic', `nonce_${name}`, `nonce: ${field}`, comment, file, bytesOf(file), { failing });
  };
  bad('little_endian', 'chunk number little-endian', 'integers are big-endian', xorAt((c, n) => c.writeUInt32LE(n)));
  bad('number_in_front', 'chunk number in the first bytes', 'the number is right-aligned', xorAt((c, n) => c.writeUInt32BE(n)));
  bad('from_one', 'chunk numbers from one', 'numbers begin at zero', xorAt((c, n) => c.writeUInt32BE(n + 1, 8)), 0);
  bad('added', 'chunk number added', 'XOR has no carry', add, 1, { salt: saltWithCarry('nonce added') });
  bad('constant', 'the same nonce for every chunk', 'it would give the key stream away', xorAt(() => {}));
  bad('final_flag', 'final chunk marked in the nonce', 'the way of STREAM, not of this format',
    xorAt((c, n) => { c.writeUInt32BE(n, 8); if (n === 1) c[0] = 1; }));
}

function otherDerivations(all) {
  const bad = (name, field, comment, way) => {
    const file = seal(`way ${name}`, { size: 70, way });
    all.refuses('not-authentic', `way_${name}`, `derivation: ${field}`, comment, file, bytesOf(file));
  };
  const label = Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM');
  const nul = Buffer.from([0]);
  bad('sha256', 'HKDF with SHA-256', 'another hash', { material: (f, info) => hkdfExpand(f.dek, info, 76, 'sha256') });
  bad('extract', 'HKDF with its extract step', 'a key that is already uniform is not extracted',
    { material: (f, info) => hkdfExpand(hmac512(Buffer.alloc(64), f.dek), info, 76) });
  bad('no_separator', 'no zero byte after the name', 'another info',
    { info: (f) => Buffer.concat([label, f.salt, sha512(f.header)]) });
  bad('no_context', 'empty context', 'a body that is bound to no header', { info: (f) => Buffer.concat([label, nul, f.salt]) });
  bad('raw_context', 'H itself as context', 'the context is a hash of it',
    { info: (f) => Buffer.concat([label, nul, f.salt, f.header]) });
  bad('other_label', 'name of the other suite', 'the cipher of suite 1 under the name of suite 2',
    { info: (f) => right.info({ ...f, suite: 2 }) });
  bad('other_order', 'commitment before the key', 'another order of the outputs', { split: (m) => ({
    commitment: m.subarray(0, 32), key: m.subarray(32, 64), base: m.subarray(64) }) });
  bad('associated_data', 'chunk number as associated data', 'the associated data is empty', {
    chunk: (f, number, plain) => aeadSeal(SUITES[1].cipher, f.keys.key, right.nonce(f.keys.base, number), plain, bigEndian(number, 8)) });
  bad('chunk_32768', 'chunks of 32 KiB', 'another chunk size', { cut: (plain) => [Buffer.concat([plain, Buffer.alloc(20000)])] });
}

function twoKeys(all) {
  const first = Buffer.from('Pay one hundred to the supplier.');
  const second = Buffer.from('Pay one million to the attacker.');
  for (const [suite, craft] of [[1, gcmChunk], [2, polyChunk]]) {
    const own = seal(`two keys ${suite}`, { suite });
    const stranger = seal(`two keys ${suite}`, { suite, dek: stream(`second dek ${suite}`, 32) });
    const at = (file) => ({ key: file.keys.key, nonce: right.nonce(file.keys.base, 0) });
    const file = { ...own, chunks: [craft(at(own), at(stranger), first, second)] };
    const reads = (who) => openWithoutCommitment(SUITES[suite].cipher, at(who), file.chunks[0]);
    file.plain = reads(own);
    if (!reads(stranger).includes(second)) throw new Error('the second reading is not there');
    all.opens(`two_keys_suite${suite}_own`, `body made for two keys, suite ${suite}, its own key`,
      'the commitment names this key', file);
    all.refuses('not-authentic', `two_keys_suite${suite}_other`, `body made for two keys, suite ${suite}, the other key`,
      'every tag is right under this key; only the commitment tells', { ...file, dek: stranger.dek }, bytesOf(file));
    all.refuses('not-authentic', `two_keys_suite${suite}_own_commitment_of_other`,
      `body made for two keys, suite ${suite}, its own key, commitment of the other`,
      'every tag is right under this key; only the commitment tells', file,
      put(bytesOf(file), AT.commitment, stranger.commitment));
  }
}

export function badBodyVectors(all) {
  for (const scenario of [cuts, records, extended, shuffled, changed, otherNonces, otherDerivations, twoKeys]) scenario(all);
}
