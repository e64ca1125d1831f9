// Moves that the cloud tells wrong: node moves_test.mjs BIN_DIR
// A place it does not tell protects nothing, and a move that it only says it made frees nothing.
import assert from 'node:assert/strict';

import { Interposer } from '../support/interposer.mjs';
import { noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { openMovingOffice } from './moving_office.mjs';

const cases = new Cases();
const wire = new Interposer();
const { office, cloud, drive, upload, idOf, reads, refuses, records, putStored } =
  await openMovingOffice(process.argv[2], { between: (one) => wire.before(one) });

await cases.check('a move whose place the cloud does not tell brings nothing ordinary into a protected folder', async () => {
  const plain = await upload('/Yleinen/untold.txt', noise(7_001));
  const to = { parentReference: { driveId: drive, id: await idOf('/Salassa') } };
  wire.answer = (request) => (request.method === 'GET' && request.target.includes(plain.id)
    ? { body: { id: plain.id, name: 'untold.txt', size: 7_001, file: {}, parentReference: { driveId: drive } } } : undefined);
  const answer = await office.graph('PATCH', `/drives/${drive}/items/${plain.id}`, { body: to });
  wire.answer = () => undefined;
  assert.equal(answer.status, 403, `${answer.bytes}`);
});

await cases.check('after a move to another drive plain bytes under the old id are refused as before', async () => {
  const moved = await upload('/Salassa/moved away.bin');
  const shared = (await cloud.control('GET', '/state')).json.drives.find((one) => one.type === 'documentLibrary');
  // A cloud that says it moved the file, and did not.
  const hash = (await office.cloud.graph('GET', `/drives/${drive}/items/${moved.id}`)).json;
  wire.answer = (request) => (request.method === 'PATCH' ? { body: { ...hash, id: '01MOVEDAWAY', parentReference: { driveId: shared.id, path: `/drives/${shared.id}/root:` } } } : undefined);
  const answer = await office.graph('PATCH', `/drives/${drive}/items/${moved.id}`, { body: { parentReference: { driveId: shared.id, id: shared.root } } });
  wire.answer = () => undefined;
  assert.equal(answer.status, 200, `${answer.bytes}`);
  assert.ok(records('01MOVEDAWAY').length > 0, 'it was not followed');
  await reads(moved.id, moved.bytes);
  await putStored(moved.id, Buffer.from('plain'));
  await refuses(moved.id);
});

cases.end();
wire.stop();
await office.stop({ keep: cases.failed > 0 });
