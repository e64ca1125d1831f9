// QuickXorHash, apart from the program's own: byte i is XORed in at bit 11 * i of a 160-bit ring, the
// length as 64 little-endian bits into the last eight bytes.
const kRing = 160;
const kShift = 11;

// Bytes 160 apart meet the same bits, so all of them are first folded into one row, by words.
function foldedRow(bytes) {
  const row = new Uint8Array(kRing);
  const rowWords = new Uint32Array(row.buffer);
  const whole = bytes.length - (bytes.length % kRing);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, whole / 4);
  for (let at = 0; at < words.length; at += rowWords.length) {
    for (let i = 0; i < rowWords.length; i += 1) rowWords[i] ^= words[at + i];
  }
  for (let at = whole; at < bytes.length; at += 1) row[at - whole] ^= bytes[at];
  return row;
}

// Base64, as Graph shows it.
export function quickXor(bytes) {
  const state = Buffer.alloc(kRing / 8);
  foldedRow(bytes).forEach((byte, column) => {
    for (let bit = 0; bit < 8; bit += 1) {
      const place = (kShift * column + bit) % kRing;
      state[place >> 3] ^= ((byte >> bit) & 1) << (place & 7);
    }
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  for (let i = 0; i < 8; i += 1) state[12 + i] ^= length[i];
  return state.toString('base64');
}
