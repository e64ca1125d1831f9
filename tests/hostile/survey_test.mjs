// Folders that the cloud makes larger than they are, when they are to be copied: node survey_test.mjs BIN_DIR
// What is looked at before a copy has bounds in number and in length, so that no listing can fill the
// gateway's memory.
import assert from 'node:assert/strict';

import { Interposer } from '../support/interposer.mjs';
import { Office } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const cases = new Cases();
const wire = new Interposer();
const office = await Office.open({ bin: process.argv[2], between: (cloud) => wire.before(cloud) });
await office.login();
await office.folder('Salassa');
const { id, parentReference } = await office.folder('Large', '/me/drive/root:/Salassa:');
const at = `/drives/${parentReference.driveId}/items/${id}`;

// Copies the folder while the cloud lists `value(n)` for the nth page that is asked for.
async function copied(value) {
  let pages = 0;
  wire.seen.length = 0;
  wire.answer = ({ target }) => (target.includes('/children?') ? { body: { value: value(pages += 1) } } : undefined);
  const reply = await office.graph('POST', `${at}/copy`, { body: { name: 'Copy' } });
  wire.answer = () => undefined;
  return { ...reply, pages, asked: wire.seen.some(({ method }) => method === 'POST') };
}
const folder = (more) => ({ id: 'F', name: 'f', size: 0, folder: { childCount: 1 }, ...more });

try {
  await cases.check('a name or an id that no service makes ends it', async () => {
    for (const more of [{ name: 'x'.repeat(3000) }, { id: 'x'.repeat(3000) },
      { parentReference: { driveId: 'x'.repeat(3000) } }]) {
      const reply = await copied((n) => (n === 1 ? [folder(more)] : []));
      assert.equal(reply.status, 502, `${reply.bytes.subarray(0, 200)}`);
      assert.ok(!reply.asked);
    }
  });

  await cases.check('so does a path that grows from folder to folder', async () => {
    const reply = await copied(() => [folder({ name: 'x'.repeat(300) })]);
    assert.equal(reply.status, 502, `${reply.bytes.subarray(0, 200)}`);
    assert.ok(reply.pages < 10, `${reply.pages} pages`);
  });

  await cases.check('folders that wait to be listed count like files', async () => {
    const many = (n) => Array.from({ length: 999 }, (_, i) => folder({ id: `F${n}-${i}`, name: `f${i}` }));
    const reply = await copied(many);
    assert.equal(reply.status, 403, `${reply.bytes.subarray(0, 200)}`);
    assert.match(reply.json.error.message, /too many files/);
    assert.ok(reply.pages < 30, `${reply.pages} pages`);
    assert.ok(!reply.asked);
  });

  await cases.check('an honest folder is copied', async () => {
    const reply = await copied((n) => (n === 1 ? [folder({ name: 'x'.repeat(255) })] : []));
    assert.equal(reply.status, 202, `${reply.bytes.subarray(0, 200)}`);
  });
} finally {
  wire.stop();
  await office.stop({ keep: cases.failed > 0 });
}
cases.end();
