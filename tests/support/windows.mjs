// Looks for pieces of a plaintext in bytes that should hold none, exactly and fast:
// a bitmap over 8-byte windows says where a closer look is worth it.
export const kWindow = 8;

// bits: of the number of places. Few fit a cache, many let few strangers meet.
export const emptyBitmap = (bits) => new Uint8Array(2 ** (bits - 3));

const shiftOf = (bitmap) => Math.clz32(bitmap.length) - 2;
const slotOf = (low, high, shift) => (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> shift;

// The places of `bitmap` that the windows of these bytes fall on; equal windows meet, unequal ones
// rarely do.
export function mark(bitmap, bytes) {
  const shift = shiftOf(bitmap);
  for (let at = 0; at + kWindow <= bytes.length; at += 1) {
    const slot = slotOf(bytes.readInt32LE(at), bytes.readInt32LE(at + 4), shift);
    bitmap[slot >> 3] |= 1 << (slot & 7);
  }
  return bitmap;
}

// Where in `bytes` a window falls on a marked place: all that could be meant, and a few that are not.
export function candidates(bytes, bitmap) {
  const found = [];
  const shift = shiftOf(bitmap);
  let low = 0;
  let high = 0;
  for (let end = 0; end < bytes.length; end += 1) {
    low = (low >>> 8) | (high << 24);
    high = (high >>> 8) | (bytes[end] << 24);
    const slot = slotOf(low, high, shift);
    if (bitmap[slot >> 3] & (1 << (slot & 7)) && end >= kWindow - 1) found.push(end - kWindow + 1);
  }
  return found;
}

// A window that both hold, as a Buffer, or undefined.
export function sharedWindow(plain, stored) {
  const marked = (bytes) => mark(emptyBitmap(27), bytes);
  const text = (bytes, at) => bytes.toString('latin1', at, at + kWindow);
  const suspects = new Set(candidates(stored, marked(plain)).map((at) => text(stored, at)));
  if (suspects.size === 0) return undefined;
  const hit = candidates(plain, marked(stored)).find((at) => suspects.has(text(plain, at)));
  return hit === undefined ? undefined : Buffer.from(plain.subarray(hit, hit + kWindow));
}
