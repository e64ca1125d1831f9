// curl behind the proxy door, as a script on a workstation uses it: node curl_proxy_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { Cases } from '../support/cases.mjs';
import { noise } from '../support/office.mjs';
import { assertSealed, inOffice, Workstation } from './workstation.mjs';

const graph = 'https://graph.microsoft.com/v1.0';
const content = (name) => `${graph}/me/drive/root:/Salassa/${name}:/content`;
const file = noise(3_000_001, 'curl');

await inOffice({ bin: process.argv[2] }, async (office) => {
  await office.login();
  await office.folder('Salassa');
  office.secret(file);
  const station = new Workstation(office);
  station.plant(station.dir, { 'file.bin': file, bearer: `Authorization: Bearer ${office.token}\n` });
  const curl = (...args) => station.run('curl', ['--silent', '--show-error', '--fail-with-body',
    '--cacert', station.trusted, ...args]);
  const named = (...args) => curl('-H', '@bearer', ...args);
  const sent = async (...args) => {
    const run = await named('-T', 'file.bin', ...args);
    assert.equal(run.code, 0, run.err + run.text);
    return JSON.parse(run.text);
  };

  const cases = new Cases();
  const it = cases.it.bind(cases);

  it('sends a file, which is sealed', async () => {
    assert.equal((await sent(content('one.bin'))).size, file.length);
    await assertSealed(office, 'one.bin', file);
  });

  it('sends a file of which it does not tell the length', async () => {
    assert.equal((await sent('-H', 'Transfer-Encoding: chunked', content('chunked.bin'))).size, file.length);
  });

  it('gets it back whole', async () => {
    for (const name of ['one.bin', 'chunked.bin']) {
      const run = await named('-L', content(name));
      assert.equal(run.code, 0, run.err);
      assert.ok(run.out.equals(file));
    }
  });

  it('gets the range it asks for', async () => {
    for (const [from, to] of [[0, 0], [16_383, 16_384], [1_000_000, 2_500_000], [2_999_999, 3_000_000]]) {
      const run = await named('-L', '-r', `${from}-${to}`, content('one.bin'));
      assert.equal(run.code, 0, run.err);
      assert.ok(run.out.equals(file.subarray(from, to + 1)), `${from}-${to}`);
    }
  });

  it('goes on with a download that was cut', async () => {
    fs.writeFileSync(station.path('cut.bin'), file.subarray(0, 1_234_567));
    const run = await named('-L', '-C', '-', '-o', 'cut.bin', content('one.bin'));
    assert.equal(run.code, 0, run.err);
    assert.ok(fs.readFileSync(station.path('cut.bin')).equals(file));
  });

  it('downloads by the URL in a listing, without a token', async () => {
    const listed = await named(`${graph}/me/drive/root:/Salassa:/children?$top=1&$orderby=name%20desc`);
    const [item] = JSON.parse(listed.text).value;
    assert.equal(item.size, file.length);
    const run = await curl(item['@microsoft.graph.downloadUrl']);
    assert.equal(run.code, 0, run.err);
    assert.ok(run.out.equals(file));
  });

  it('uploads by a session', async () => {
    const made = await named('--json', '{}', `${graph}/me/drive/root:/Salassa/session.bin:/createUploadSession`);
    assert.equal(made.code, 0, made.err + made.text);
    const url = JSON.parse(made.text).uploadUrl;
    const middle = 5 * 327_680;
    station.plant(station.dir, { first: file.subarray(0, middle), second: file.subarray(middle) });
    const put = (name, range) => curl('-T', name, '-H', `Content-Range: bytes ${range}/${file.length}`, url);
    const first = await put('first', `0-${middle - 1}`);
    assert.equal(parseInt(JSON.parse(first.text).nextExpectedRanges[0], 10), middle);
    const last = await put('second', `${middle}-${file.length - 1}`);
    assert.equal(JSON.parse(last.text).size, file.length, last.text);
    assert.ok((await named('-L', content('session.bin'))).out.equals(file));
  });

  it('does not trust a gateway that it was not told to trust', async () => {
    fs.writeFileSync(station.path('others.pem'), office.cloud.ca);
    const run = await station.run('curl', ['--silent', '--cacert', 'others.pem', `${graph}/me`]);
    assert.equal(run.code, 60);
  });

  await cases.play();
});
