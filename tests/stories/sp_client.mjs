// The cases of sp_test.mjs, all through PnP's library for SharePoint as npm delivers it: it is told the
// site and the token, and nothing of it is replaced.
import assert from 'node:assert/strict';

import { Cases } from '../support/cases.mjs';
import { noise } from '../support/office.mjs';
import { given } from '../support/trusting.mjs';
import { loadSharePoint } from './sp.mjs';

const { spfi, SPBrowser, BearerToken } = await loadSharePoint();
const office = await given();
const sp = spfi(office.site).using(SPBrowser(), BearerToken(office.token));
const cases = new Cases();
const it = cases.it.bind(cases);

const library = `${new URL(office.site).pathname}/Documents`;
const folder = (name) => sp.web.getFolderByServerRelativePath(`${library}/${name}`);
const file = (name) => sp.web.getFileByServerRelativePath(`${library}/${name}`);
const forbidden = Buffer.concat([Buffer.from(office.canary), noise(3_000_000, 'sp canary')]);
const bytesOf = async (name) => Buffer.from(await file(name).getBuffer());

// 403, and in what the library throws stands the gateway's own sentence.
const isRefused = (promise) => assert.rejects(promise, (error) => {
  assert.equal(error.status, 403, error.message);
  assert.match(error.message, /encrypt/);
  return true;
});

it('makes a folder and files in an ordinary place, and gets them back', async () => {
  await folder('Yleinen').folders.addUsingPath('Ruokalista');
  const small = noise(12_345, 'sp small');
  const added = await folder('Yleinen/Ruokalista').files.addUsingPath("it's 100 % #1.bin", small, { Overwrite: false });
  assert.equal(Number(added.Length), small.length);
  assert.ok((await bytesOf("Yleinen/Ruokalista/it's 100 % #1.bin")).equals(small));
  await file("Yleinen/Ruokalista/it's 100 % #1.bin").setContent('Torstaina hernekeittoa');
  assert.equal(await file("Yleinen/Ruokalista/it's 100 % #1.bin").getText(), 'Torstaina hernekeittoa');
});

it('sends a large file there in pieces', async () => {
  const large = noise(3_000_001, 'sp large');
  await folder('Yleinen').files.addChunked('large.bin', new Blob([large]), { chunkSize: 1 << 20, Overwrite: true });
  assert.ok((await bytesOf('Yleinen/large.bin')).equals(large));
  const listed = await folder('Yleinen').files();
  assert.deepEqual(listed.map(({ Name, Length }) => [Name, Number(Length)]), [['large.bin', large.length]]);
});

it('removes a file there', async () => {
  await file('Yleinen/large.bin').recycle();
  assert.deepEqual(await folder('Yleinen').files(), []);
});

it('is refused a new file in a protected place', async () => {
  await isRefused(folder('Salassa').files.addUsingPath('x.bin', forbidden, { Overwrite: true }));
  await isRefused(sp.web.getFolderByServerRelativePath(library).folders.getByUrl('Salassa').files.addUsingPath('x.bin', forbidden));
});

it('is refused new content for a sealed file', async () => {
  await isRefused(file('Salassa/plan.bin').setContent(forbidden));
});

it('is refused pieces of a file in a protected place', async () => {
  const options = { chunkSize: 1 << 20, Overwrite: true };
  await isRefused(folder('Salassa').files.addChunked('x.bin', new Blob([forbidden]), options));
  await isRefused(file('Salassa/plan.bin').setContentChunked(new Blob([forbidden]), options));
});

it('is refused a batch, whose parts nobody looked at', async () => {
  const [batched, execute] = sp.batched();
  const part = batched.web.getFolderByServerRelativePath(`${library}/Salassa`).files.addUsingPath('x.bin', office.canary);
  await isRefused(Promise.all([execute(), part]));
});

it('gets no sealed bytes that look like the file', async () => {
  await isRefused(file('Salassa/plan.bin').getBuffer());
});

process.exit((await cases.play()) === 0 ? 0 : 1);
