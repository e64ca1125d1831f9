// The search for plaintext at the end of every office finds what leaks: node leaks_test.mjs BIN_DIR
// Each leak is sent to the cloud past the gateway, in one form, from an office of its own.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

import { Cases } from '../hostile/cases.mjs';
import { Office, noise } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';

const kSize = 4321;
const secret = noise(kSize, 'leaks');
const piece = secret.subarray(1000, 3000);
const cases = new Cases({ seconds: 500 });
const kTarget = '/me/drive/root:/leak.bin:/content';

// One office in which the secret is uploaded, and in which `leak` sends more to the cloud by itself.
async function findings(leak) {
  const office = await Office.open({ bin: process.argv[2] });
  office.cloud.token = await office.login();
  await office.folder('Salassa');
  assert.equal((await office.put('/Salassa/secret.bin', secret)).status, 201);
  await leak(office.cloud);
  try {
    await office.stop();
    return '';
  } catch (error) {
    return error.message;
  }
}
const send = (body, headers) => (cloud) => cloud.graph('PUT', kTarget, { body, headers });
const patch = (body) => (cloud) => cloud.graph('PATCH', '/me/drive/root:/nowhere.bin', { body });

const leaks = {
  'raw bytes': [send(piece), /as raw/],
  'base64, however it is aligned': [(cloud) => Promise.all([0, 1, 2].map((before) =>
    cloud.graph('PUT', kTarget, { body: Buffer.from(Buffer.concat([Buffer.alloc(before), secret]).toString('base64')) }))), /as base64/],
  'base64 in JSON': [patch({ content: secret.toString('base64') }), /as base64/],
  'hex': [send(Buffer.from(piece.toString('hex'))), /as hex/],
  'UTF-16': [send(Buffer.from(piece.toString('latin1'), 'utf16le')), /as UTF-16LE/],
  'a piece of it in an address': [(cloud) => cloud.graph('GET', `/me/drive/root:/${secret.subarray(0, 40).toString('hex')}`), /in received\.log/],
  'the plain size in JSON': [patch({ item: { fileSize: kSize } }), /plain size 4321 under "fileSize"/],
  'the plain size of a string in JSON': [patch({ size: String(kSize) }), /plain size 4321 under "size"/],
  'the plain size as the length of the body': [send(noise(kSize, 'other')), /plain size 4321 in Content-Length/i],
  'the plain QuickXorHash in JSON': [patch({ file: { hashes: { quickXorHash: quickXor(secret) } } }), /plain digest in JSON/],
  'a digest in a field': [send(Buffer.from('x'), { 'content-md5': crypto.createHash('md5').update(secret).digest('base64') }), /plain digest in content-md5/i],
};

await cases.check('an office without a leak ends in peace', async () => {
  assert.equal(await findings(send(noise(500, 'harmless'))), '');
});
for (const [what, [leak, finding]] of Object.entries(leaks)) {
  await cases.check(`${what} is found`, async () => {
    const found = await findings(leak);
    assert.match(found, /^the cloud received in clear:/);
    assert.match(found, finding);
  });
}
cases.end();
