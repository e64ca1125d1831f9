// Vectors that open.
import { AT, bytesOf, flip, put, seal } from './kit.mjs';
import { bigEndian, stream } from './primitives.mjs';

const SIZES = [0, 1, 16383, 16384, 16385];

function plainSizes(all) {
  for (const suite of [1, 2]) {
    for (const recovery of [false, true]) {
      for (const size of SIZES) {
        const name = `ok_${size}_suite${suite}${recovery ? '_recovery' : ''}`;
        all.opens(name, `${size} bytes, suite ${suite}, ${recovery ? 'with' : 'without'} W`,
          'sizes around the first chunk border', seal(name, { size, suite, recovery }));
      }
    }
  }
  for (const suite of [1, 2]) {
    const name = `ok_327680_suite${suite}${suite === 2 ? '_recovery' : ''}`;
    all.opens(name, `327680 bytes, suite ${suite}`, 'twenty full chunks and the empty final one',
      seal(name, { size: 327680, suite, recovery: suite === 2 }));
  }
}

function contents(all) {
  const inner = bytesOf(seal('inner', { size: 100 }));
  all.opens('ok_plain_is_sealed_file', 'plaintext that is a sealed file',
    'the magic inside the plaintext means nothing', seal('outer', { plain: inner }));
  all.opens('ok_plain_zeros', 'plaintext of zeros', 'equal chunks seal to different bytes',
    seal('zeros', { plain: Buffer.alloc(33000) }));
}

function identities(all) {
  const zero = Buffer.alloc(16);
  const ones = Buffer.alloc(16, 0xff);
  all.opens('ok_ids_zero', 'ids all zero', 'ids are opaque to the format',
    seal('ids zero', { size: 40, tenant: zero, unit: zero, key: zero }));
  all.opens('ok_ids_ones', 'ids all ones', 'ids are opaque to the format',
    seal('ids ones', { size: 40, tenant: ones, unit: ones, key: ones }));
}

// A base nonce whose last byte is 0xff, so that adding the counter would differ from XOR.
export function saltWithCarry(name) {
  for (let i = 0; ; ++i) {
    const salt = stream(`${name} salt ${i}`, 24);
    if (seal(name, { salt }).keys.base[11] === 0xff) return salt;
  }
}

function nonces(all) {
  const salt = saltWithCarry('carry');
  all.opens('ok_nonce_ends_in_ff', 'base nonce ending in ff',
    'the chunk number is XORed, not added: no carry', seal('carry', { salt, size: 33000 }));
}

function recovery(all) {
  const file = seal('recovery', { size: 500, recovery: true });
  const bytes = bytesOf(file);
  all.opens('ok_key_from_recovery', 'key taken from W', 'nothing but the epoch key is at hand', file,
    { dek: undefined });
  all.opens('ok_recovery_damaged_key_at_hand', 'W damaged, key at hand',
    'W stands outside H: who has the key does not need it', file,
    { epochKey: undefined, bytes: flip(bytes, AT.wrap) });
  all.opens('ok_recovery_epoch_renamed', 'epoch id changed, right epoch key at hand',
    'the epoch id only says which key to fetch', file,
    { dek: undefined, bytes: put(bytes, AT.epoch, bigEndian(7, 16)) });
}

function records(all) {
  all.opens('ok_record_agrees', 'plain size known from a record', 'the length agrees with the record',
    seal('record', { size: 1000 }), { recordPlainSize: 1000 });
}

export function goodVectors(all) {
  plainSizes(all);
  contents(all);
  identities(all);
  nonces(all);
  recovery(all);
  records(all);
}
