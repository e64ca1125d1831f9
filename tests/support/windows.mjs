// Looks for pieces of a plaintext in bytes that should hold none: every 8-byte window of one against
// every 8-byte window of the other, exactly, at some 20 MB a second.
export const kWindow = 8;
const kBits = 27;

// A place in a bitmap for the window at `at`; equal windows meet, unequal ones rarely do.
function slotOf(bytes, at) {
  const low = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  const high = bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24);
  return (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> (32 - kBits);
}

function bitmapOf(bytes) {
  const bitmap = new Uint8Array(2 ** (kBits - 3));
  for (let at = 0; at + kWindow <= bytes.length; at += 1) {
    const slot = slotOf(bytes, at);
    bitmap[slot >> 3] |= 1 << (slot & 7);
  }
  return bitmap;
}

// The windows of `bytes` whose slot is taken: all that could be shared, and a few that are not.
function candidates(bytes, bitmap) {
  const found = [];
  for (let at = 0; at + kWindow <= bytes.length; at += 1) {
    const slot = slotOf(bytes, at);
    if (bitmap[slot >> 3] & (1 << (slot & 7))) found.push(at);
  }
  return found;
}

// A window that both hold, as a Buffer, or undefined.
export function sharedWindow(plain, stored) {
  const text = (bytes, at) => bytes.toString('latin1', at, at + kWindow);
  const suspects = new Set(candidates(stored, bitmapOf(plain)).map((at) => text(stored, at)));
  if (suspects.size === 0) return undefined;
  const hit = candidates(plain, bitmapOf(stored)).find((at) => suspects.has(text(plain, at)));
  return hit === undefined ? undefined : Buffer.from(plain.subarray(hit, hit + kWindow));
}
