// Vectors whose prefix is wrong: header, recovery wrap, salt, commitment, and the wrong key.
import { AT, bytesOf, flip, put, seal, wrapRecovery } from './kit.mjs';
import { bigEndian, stream } from './primitives.mjs';

const u16 = (value) => bigEndian(value, 2);
const u32 = (value) => bigEndian(value, 4);

function magic(all, file, bytes) {
  const bad = (name, field, comment, changed) =>
    all.refuses('malformed', `magic_${name}`, `magic: ${field}`, comment, file, changed);
  bad('seven_bits', 'bit 7 of byte 0', 'a channel that keeps seven bits', flip(bytes, 0, 0x80));
  bad('crlf_to_lf', 'CR LF to LF', 'a text transfer to Unix, everything after moves up one byte',
    Buffer.concat([bytes.subarray(0, 4), bytes.subarray(5), Buffer.alloc(1)]));
  bad('lf_to_crlf', 'last LF to CR LF', 'a text transfer to Windows',
    Buffer.concat([bytes.subarray(0, 7), Buffer.from('\r\n'), bytes.subarray(8)]));
  bad('lower_case', 'letters in lower case', 'names are exact', put(bytes, 1, 'krs'));
  bad('end_of_text', 'byte 6', 'the end-of-text mark is gone', put(bytes, 6, [0]));
  bad('byte_order_mark', 'UTF-8 byte order mark before it', 'an editor saved it as text',
    Buffer.concat([Buffer.from('efbbbf', 'hex'), bytes]));
  bad('zeros', 'zeros instead of the file', 'a hole where the file was', Buffer.alloc(bytes.length));
  bad('plain_text', 'text instead of the file', 'replaced by its plaintext',
    Buffer.from('Meeting notes of the committee. '.repeat(20)));
  bad('html', 'HTML instead of the file', 'an error page answered with 200',
    Buffer.from(`<!DOCTYPE html><html><body>${'<p>Service unavailable</p>'.repeat(24)}</body></html>`));
  bad('zip', 'ZIP instead of the file', 'replaced by an office document in plain',
    put(stream('zip', 600), 0, Buffer.from('504b0304', 'hex')));
}

function versions(all, file, bytes) {
  const bad = (name, field, comment, at, value) =>
    all.refuses('unknown-version', name, field, comment, file, put(bytes, at, value));
  bad('version_0', 'version 0', 'no version 0 was ever written', AT.version, u16(0));
  bad('version_2', 'version 2', 'a later version', AT.version, u16(2));
  bad('version_max', 'version 65535', 'the last version there can be', AT.version, u16(65535));
  bad('version_little_endian', 'version 1, little-endian', 'integers are big-endian', AT.version, [1, 0]);
  bad('suite_0', 'suite 0', 'no cipher at all is no suite', AT.suite, u16(0));
  bad('suite_3', 'suite 3', 'a later suite', AT.suite, u16(3));
  bad('suite_max', 'suite 65535', 'the last suite there can be', AT.suite, u16(65535));
  bad('suite_little_endian', 'suite 1, little-endian', 'integers are big-endian', AT.suite, [1, 0]);
  bad('flag_1', 'flag bit 1', 'the first flag without meaning', AT.flags, u32(2));
  bad('flag_31', 'flag bit 31', 'the last flag', AT.flags, u32(0x80000000));
  bad('flag_little_endian', 'flags 1, little-endian', 'integers are big-endian', AT.flags, [1, 0, 0, 0]);
  all.refuses('unknown-version', 'version_2_uses_reserved', 'version 2 with reserved bytes in use',
    'the version is looked at before bytes that only version 1 says are zero', file,
    put(put(bytes, AT.version, u16(2)), AT.trueSize, [1]));
}

function zeroBytes(all, file, bytes) {
  const bad = (name, field, comment, changed) =>
    all.refuses('malformed', name, field, comment, file, changed);
  for (const [name, at] of Object.entries({ true_size_first: 64, true_size_last: 127, unused_first: 128,
    unused_last: 255 })) {
    bad(`reserved_${name}`, `H byte ${at}`, 'reserved bytes are zero and checked', put(bytes, at, [1]));
  }
  for (const [name, at] of Object.entries({ epoch: AT.epoch, nonce: AT.wrapNonce, wrap: AT.wrap, end: AT.salt - 1 })) {
    bad(`recovery_without_flag_${name}`, `W byte ${at - 256} without the flag`,
      'a W that the header does not announce', put(bytes, at, [1]));
  }
  const withW = seal('unused of w', { size: 20, recovery: true });
  for (const [name, at] of Object.entries({ first: AT.recoveryUnused, last: AT.salt - 1 })) {
    all.refuses('malformed', `recovery_unused_${name}`, `W byte ${at - 256} with the flag`,
      'unused bytes of W are zero and checked', withW, put(bytesOf(withW), at, [1]));
  }
}

function boundFields(all, file, bytes) {
  const other = seal('other tenant', { size: 300, tenant: stream('tenant 2', 16), unit: stream('unit 2', 16) });
  const bad = (name, field, comment, changed) =>
    all.refuses('not-authentic', name, field, comment, file, changed);
  for (const [name, at] of Object.entries({ tenant: AT.tenant, unit: AT.unit, key_id: AT.key })) {
    bad(`${name}_first_bit`, `${name}, first bit`, 'H enters the derivation', flip(bytes, at, 0x80));
    bad(`${name}_last_bit`, `${name}, last bit`, 'H enters the derivation', flip(bytes, at + 15));
  }
  bad('tenant_of_other', 'tenant of another file', 'carried to another tenant', put(bytes, AT.tenant, other.header.subarray(16, 32)));
  bad('header_of_other', 'whole H of another file', 'one file dressed as another', put(bytes, 0, other.header));
  for (const [name, at, size] of [['salt', AT.salt, 24], ['commitment', AT.commitment, 32]]) {
    bad(`${name}_first_bit`, `${name}, first bit`, `a changed ${name}`, flip(bytes, at, 0x80));
    bad(`${name}_last_bit`, `${name}, last bit`, `a changed ${name}`, flip(bytes, at + size - 1));
    bad(`${name}_zero`, `${name}, zeros`, `an erased ${name}`, put(bytes, at, Buffer.alloc(size)));
  }
  bad('commitment_of_other', 'commitment of another file', 'a commitment that belongs elsewhere',
    put(bytes, AT.commitment, other.commitment));
  bad('prefix_of_other', 'whole prefix of another file', 'the body of one file under the prefix of another',
    put(bytes, 0, bytesOf(other).subarray(0, 512)));
}

function suites(all) {
  const one = seal('downgrade 1', { size: 300 });
  const two = seal('downgrade 2', { size: 300, suite: 2 });
  all.refuses('not-authentic', 'suite_1_says_2', 'suite 1 changed to 2', 'the suite is bound by H', one,
    put(bytesOf(one), AT.suite, u16(2)));
  all.refuses('not-authentic', 'suite_2_says_1', 'suite 2 changed to 1', 'the suite is bound by H', two,
    put(bytesOf(two), AT.suite, u16(1)));
}

function wrongKeys(all, file, bytes) {
  all.refuses('not-authentic', 'key_one_bit', 'key, one bit', 'almost the right key', file, bytes,
    { dek: flip(file.dek, 31) });
  all.refuses('not-authentic', 'key_zero', 'key of zeros', 'a key store that answers with nothing', file,
    bytes, { dek: Buffer.alloc(32) });
}

function recoveryWrap(all) {
  const file = seal('wrap', { size: 300, recovery: true });
  const other = seal('wrap of other', { size: 300, recovery: true });
  const bytes = bytesOf(file);
  const byEpoch = { dek: undefined, epochKey: file.epochKey };
  const bad = (name, field, comment, changed, keys = byEpoch) =>
    all.refuses('not-authentic', `recovery_${name}`, `W: ${field}`, comment, file, changed, keys);
  const rewrapped = (...wrapping) => put(bytes, AT.recovery, wrapRecovery(file, ...wrapping));
  bad('nonce_first_bit', 'nonce, first bit', 'a changed nonce', flip(bytes, AT.wrapNonce, 0x80));
  bad('nonce_last_bit', 'nonce, last bit', 'a changed nonce', flip(bytes, AT.wrapNonce + 23));
  bad('wrap_bit', 'wrapped key, first bit', 'a malleable wrap would give a related key', flip(bytes, AT.wrap, 0x80));
  bad('tag_bit', 'tag, last bit', 'a changed tag', flip(bytes, AT.recoveryUnused - 1));
  bad('of_other', 'W of another file', 'the right epoch key, the wrong file',
    put(bytes, AT.recovery, other.recovery));
  bad('zeros', 'zeros with the flag', 'announced, but not there', put(bytes, AT.recovery, Buffer.alloc(200)));
  bad('wrong_epoch_key', 'wrong epoch key', 'the key of another epoch', bytes,
    { dek: undefined, epochKey: stream('another epoch key', 32) });
  bad('wraps_other_key', 'a valid wrap of another key', 'it unwraps, but the commitment disagrees',
    rewrapped(file.epochKey, stream('another dek', 32)));
  bad('without_data', 'associated data left out', 'a wrap that is bound to nothing',
    rewrapped(file.epochKey, file.dek, Buffer.alloc(0)));
  bad('flag_cleared', 'flag cleared, W erased', 'stripping the recovery wrap changes H',
    put(put(bytes, AT.flags, u32(0)), AT.recovery, Buffer.alloc(200)), {});
  const plain = seal('flag set', { size: 300 });
  all.refuses('not-authentic', 'recovery_flag_set', 'W: flag set on a file without W',
    'announcing a wrap that was never made changes H', plain, put(bytesOf(plain), AT.flags, u32(1)));
}

export function badPrefixVectors(all) {
  const file = seal('prefix', { size: 300 });
  const bytes = bytesOf(file);
  for (const scenario of [magic, versions, zeroBytes, boundFields, wrongKeys]) scenario(all, file, bytes);
  suites(all);
  recoveryWrap(all);
}
