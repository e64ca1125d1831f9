// What happened behind the gateway's back: node acceptance_test.mjs BIN_DIR
// Refused, until a person accepts it; files that were there before, by class.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { openMovingOffice } from './moving_office.mjs';

const cases = new Cases();
const { office, cloud, drive, upload, reads, refuses, events, accept, putStored, versions } = await openMovingOffice(process.argv[2]);

const original = await upload('/Salassa/original.bin');
const first = noise(30_000, 51);
const many = await upload('/Salassa/many.bin', first);
await upload('/Salassa/many.bin', noise(31_234, 52));

await cases.check('a copy made behind our back is refused, until a person accepts it', async () => {
  const made = await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name: 'foreign.bin' } });
  assert.equal(made.status, 202);
  const { id } = await office.stored('foreign.bin');
  const answer = await refuses(id);
  assert.ok(!answer.bytes.toString().includes('kerros item'), 'the client is not told how');
  const refusal = events('not-authentic').find((e) => e.target.includes(id));
  assert.match(JSON.stringify(refusal), /foreign-copy.*kerros item accept/);
  const looked = JSON.parse(accept(id, '--dry-run').out);
  assert.equal(looked.accepts, 'foreign-copy');
  assert.equal(looked.done, false);
  await refuses(id);
  assert.equal(JSON.parse(accept(id).out).done, true);
  await reads(id, original.bytes);
  assert.equal(accept(id).code, 6, 'once');
  const noted = events('item-accepted').filter((e) => e.target.includes(id));
  assert.ok(noted.some((e) => e.status === 'done' && JSON.stringify(e).includes('told on the telephone')));
});

await cases.check('nothing is accepted but what the person looked at, whatever the cloud serves since', async () => {
  await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name: 'switched.bin' } });
  const { id } = await office.stored('switched.bin');
  await refuses(id);
  const { key } = JSON.parse(accept(id, '--dry-run').out);
  // Somebody reads it meanwhile, and is served another file of ours.
  const other = await upload('/Salassa/other.bin');
  const blob = (await office.stored('other.bin')).blob;
  await putStored(id, fs.readFileSync(blob));
  await refuses(id);
  const late = accept(id, '--key', key);
  assert.equal(late.code, 7, `${late.out}${late.err}`);
  assert.match(late.err, /something else was refused last/);
  await refuses(id);
  assert.equal(JSON.parse(accept(id).out).done, true, 'looked at again');
  await reads(id, other.bytes);
});

await cases.check('acceptance works without a running gateway as well', async () => {
  await cloud.graph('POST', `/drives/${drive}/items/${original.id}/copy`, { body: { name: 'foreign2.bin' } });
  const { id } = await office.stored('foreign2.bin');
  await refuses(id);
  await office.killGateway('SIGTERM');
  const run = accept(id);
  await office.startGateway();
  assert.equal(run.code, 0, run.err);
  await reads(id, original.bytes);
});

await cases.check('a version restored behind our back is a rollback, until a person accepts it', async () => {
  const oldest = (await versions(many.id)).at(-1);
  const done = await cloud.graph('POST', `/drives/${drive}/items/${many.id}/versions/${oldest.id}/restoreVersion`);
  assert.equal(done.status, 204);
  await refuses(many.id);
  assert.ok(events('not-authentic').some((e) => e.target.includes(many.id) && JSON.stringify(e).includes('rollback')));
  assert.equal(JSON.parse(accept(many.id).out).accepts, 'rollback');
  await reads(many.id, first);
});

await cases.check('plain bytes put behind our back are refused, until a person accepts them', async () => {
  const file = await upload('/Salassa/opened.txt');
  const put = await cloud.graph('PUT', `/drives/${drive}/items/${file.id}/content`, { body: Buffer.from('in the clear') });
  assert.equal(put.status, 200);
  await refuses(file.id);
  assert.equal(JSON.parse(accept(file.id).out).accepts, 'plain');
  await reads(file.id, Buffer.from('in the clear'));
  assert.ok(events('legacy-plain-read').some((e) => e.target.includes(file.id)));
});

// --- legacy by class ---

await cases.check('files that were there before are served or refused by class', async () => {
  for (const [folder, status] of [['Salassa', 200], ['Tiukka', 403]]) {
    const put = await cloud.graph('PUT', `/me/drive/root:/${folder}/before.txt:/content`, { body: Buffer.from('before') });
    assert.equal(put.status, 201, `${put.bytes}`);
    assert.equal((await office.get(`/${folder}/before.txt`)).status, status, folder);
    const listed = (await office.graph('GET', `/me/drive/root:/${folder}/before.txt`)).json;
    assert.equal((await office.graph('GET', listed['@microsoft.graph.downloadUrl'])).status, status, `${folder}, own URL`);
  }
});

cases.end();
await office.stop({ keep: cases.failed > 0 });
