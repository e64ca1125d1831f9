// What the test of random upload sessions would notice: node random_checks_test.mjs
// The same clients and the same ledger of keys, before gateways in miniature of which each is wrong in
// one way, and one in none. A check that lets a wrong one pass proves nothing about the real one.
import assert from 'node:assert/strict';

import { noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { KeyUses } from './key_uses.mjs';
import { kFaults, Miniature } from './miniature.mjs';
import { RandomClient } from './random_client.mjs';

const kClients = 40;
const cases = new Cases();

// What the clients found: the first complaint, or nothing.
async function complaintAbout(fault) {
  const gateway = await Miniature.open(7, fault);
  try {
    for (let number = 0; number < kClients; number += 1) {
      const client = new RandomClient(gateway, number, 1000 + number);
      await client.begin();
      while (!client.over) await client.go();
      await client.verify();
    }
    return undefined;
  } catch (error) {
    assert.ok(error instanceof assert.AssertionError, String(error.stack));
    return error;
  } finally {
    gateway.close();
  }
}

await cases.check('a gateway that does everything right is found right', async () => {
  assert.equal(await complaintAbout(undefined), undefined);
});

for (const fault of kFaults) {
  await cases.check(`a gateway that ${fault} is found out`, async () => {
    assert.ok(await complaintAbout(fault), 'nobody noticed');
  });
}

// --- the ledger of keys ---

const guid = (n) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
function sealed(key, size = 600) {
  const bytes = noise(size, `sealed ${key}`);
  Buffer.from('\x8bKRS\r\n\x1a\n', 'latin1').copy(bytes);
  noise(16, `key ${key}`).copy(bytes, 48);
  return bytes;
}
const changed = (bytes, at) => { const other = Buffer.from(bytes); other[at] ^= 1; return other; };
const sent = (session, bytes, first = 0, end = bytes.length) => ({ target: `/uploadSession?guid='${guid(session)}'`,
  range: `bytes ${first}-${end - 1}/${bytes.length}`, pieces: [bytes.subarray(first, end)] });
function ledger(...requests) {
  const uses = new KeyUses();
  for (const request of requests) typeof request === 'function' ? request(uses) : uses.add(request);
}

await cases.check('a file that is sent in pieces, cut and repeated is no complaint', () => {
  ledger(sent(1, sealed(1), 0, 300), sent(1, sealed(1), 100, 500), sent(1, sealed(1)), sent(2, sealed(2)),
    (uses) => uses.settle(new Set([guid(1)])), sent(1, sealed(1), 500, 600));
});

const kLedgerFaults = {
  'other bytes at the same place under one key': [sent(1, sealed(1), 0, 500), sent(1, changed(sealed(1), 450), 400, 600)],
  'one other octet in a repetition after a cut': [sent(1, sealed(1), 0, 451), sent(1, changed(sealed(1), 450))],
  'the key of an upload that is over': [sent(1, sealed(1)), (uses) => uses.settle(new Set()), sent(2, sealed(1))],
  'two keys in one session': [sent(1, sealed(1), 0, 300), sent(1, sealed(2), 0, 300)],
  'bytes that are not sealed': [sent(1, noise(600, 'plain'))],
  'a fragment without the header before it': [sent(1, sealed(1), 320, 600)],
};
for (const [what, requests] of Object.entries(kLedgerFaults)) {
  await cases.check(`${what} is found out`, () => {
    assert.throws(() => ledger(...requests), assert.AssertionError);
  });
}

cases.end();
