// A stored file whose body opens under its own key and under another one, and which commits to the
// other: neither AEAD tells the two keys apart, only the commitment does.
import assert from 'node:assert/strict';

import { AT, PREFIX, SUITES, put, right } from '../vectors/gen/kit.mjs';
import { gcmChunk, openWithoutCommitment, polyChunk } from '../vectors/gen/two_keys.mjs';

const kFirst = Buffer.from('Pay one hundred to the supplier.');
const kSecond = Buffer.from('Pay one million to the attacker.');
const kSolved = { 1: 16, 2: 32 };  // octets that make both tags right

// Plain sizes for which the stored size is that of the crafted file.
export const plainSizeFor = (suite) => kFirst.length + kSecond.length + kSolved[suite];

// stored: the file as it was sealed, of plainSizeFor its suite; key: its content key.
export function forTwoKeys(stored, key) {
  const prefix = stored.subarray(0, PREFIX);
  const suite = prefix.readUInt16BE(AT.suite);
  const under = (dek) => {
    const file = { suite, dek, header: prefix.subarray(0, AT.recovery), salt: prefix.subarray(AT.salt, AT.commitment) };
    const { key: chunkKey, base, commitment } = right.split(right.material(file, right.info(file)));
    return { key: chunkKey, nonce: right.nonce(base, 0), commitment };
  };
  const own = under(key);
  const other = under(Buffer.alloc(32, 0x5a));
  assert.ok(own.commitment.equals(prefix.subarray(AT.commitment)), 'this is not the key of the file');
  const chunk = { 1: gcmChunk, 2: polyChunk }[suite](own, other, kFirst, kSecond);
  for (const [side, text] of [[own, kFirst], [other, kSecond]]) {
    assert.ok(openWithoutCommitment(SUITES[suite].cipher, side, chunk).includes(text));
  }
  const crafted = put(Buffer.concat([prefix, chunk]), AT.commitment, other.commitment);
  assert.equal(crafted.length, stored.length);
  return crafted;
}
