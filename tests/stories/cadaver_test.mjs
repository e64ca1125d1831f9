// Debian's cadaver, a WebDAV client at the shell, behind the proxy door: node cadaver_test.mjs BIN_DIR
//
// It is told the proxy and nothing else. What it would carry into a protected folder is refused, and it
// says why; elsewhere it works as it did without the gateway. It trusts the system's store alone, so
// that it runs where another one is mounted in its place.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Cases } from '../support/cases.mjs';
import { noise } from '../support/office.mjs';
import { skip } from '../support/skip.mjs';
import { inOffice, Workstation } from './workstation.mjs';

const ownMounts = fileURLToPath(new URL('../support/own_mounts.sh', import.meta.url));
const kStore = '/etc/ssl/certs/ca-certificates.crt';
const host = 'contoso-my.sharepoint.com';
const canary = Buffer.from('KANARIALINTU-hakemisto-90c3aa51');

if (spawnSync(ownMounts, ['true']).status !== 0) skip('no mount namespace can be made');

await inOffice({ bin: process.argv[2] }, async (office) => {
  await office.login();
  for (const name of ['Salassa', 'Yleinen']) await office.folder(name);
  const plan = noise(40_000, 'dav plan');
  assert.equal((await office.put('/Salassa/plan.bin', plan)).status, 201);
  office.secret(canary);
  const forbidden = Buffer.concat([canary, noise(3000, 'dav canary')]);
  const menu = noise(1_234_567, 'dav menu');
  const station = new Workstation(office);
  station.plant(station.dir, { 'forbidden.bin': forbidden, 'menu.bin': menu });
  fs.writeFileSync(station.path('.netrc'), `machine ${host}\nlogin aino@contoso.test\npassword x\n`, { mode: 0o600 });

  // One session that begins in a folder: what was shown for these commands.
  async function session(folder, lines, store = station.trusted) {
    fs.writeFileSync(station.path('commands'), `${lines.join('\n')}\nquit\n`);
    const run = await station.run(ownMounts, ['sh', '-c', 'mount --bind "$0" "$1" && shift && exec cadaver "$@" <commands',
      store, kStore, '-p', new URL(station.proxyUrl).host, `https://${host}/personal/aino_contoso_test/Documents/${folder}/`]);
    return run.text + run.err;
  }
  const inSalassa = async () => (await office.graph('GET', '/me/drive/root:/Salassa:/children')).json.value.map(({ name }) => name);

  // Of each command: the status, and the gateway's sentence behind it.
  async function isRefused(...lines) {
    const said = await session('Yleinen', lines);
    assert.equal(said.match(/\b403 The organisation's encryption policy does not allow this/g)?.length, lines.length, said);
    assert.deepEqual(await inSalassa(), ['plan.bin']);
    assert.ok((await office.get('/Salassa/plan.bin')).bytes.equals(plan));
  }

  const cases = new Cases();
  const it = cases.it.bind(cases);

  it('makes, sends, lists, moves and fetches in an ordinary folder', async () => {
    const said = await session('Yleinen', ['mkcol Lista', 'put menu.bin', 'copy menu.bin copied.bin', 'move copied.bin Lista/moved.bin',
      'ls', 'get menu.bin fetched.bin', 'cd Lista', 'get moved.bin moved.bin', 'delete moved.bin']);
    assert.doesNotMatch(said, /failed|\b[45]\d\d [A-Z]/, said);
    assert.match(said, /menu\.bin\s+1234567/, said);
    for (const name of ['fetched.bin', 'moved.bin']) assert.ok(fs.readFileSync(station.path(name)).equals(menu), name);
    assert.ok(fs.readFileSync((await office.stored('menu.bin')).blob).equals(menu));
  });

  it('is refused a new file in a protected folder, and shows the sentence', async () => {
    await isRefused('put forbidden.bin ../Salassa/x.bin');
  });

  it('is refused new content for a sealed file', async () => {
    await isRefused('put forbidden.bin ../Salassa/plan.bin');
  });

  it('is refused a file from elsewhere, and one to elsewhere', async () => {
    await isRefused('copy menu.bin ../Salassa/x.bin', 'move menu.bin ../Salassa/x.bin', 'copy ../Salassa/plan.bin plan.bin');
    assert.ok(fs.readFileSync((await office.stored('menu.bin')).blob).equals(menu));
  });

  it('fetches a sealed file, opened', async () => {
    const said = await session('Yleinen', ['get ../Salassa/plan.bin plan.bin']);
    assert.match(said, /succeeded/, said);
    assert.ok(fs.readFileSync(station.path('plan.bin')).equals(plan));
  });

  it('begins in a protected folder, lists it and fetches from it', async () => {
    const said = await session('Salassa', ['ls', 'get plan.bin listed.bin']);
    assert.match(said, /plan\.bin/, said);
    assert.match(said, /succeeded/, said);
    assert.ok(fs.readFileSync(station.path('listed.bin')).equals(plan));
  });

  it('does not talk to a gateway that it was not told to trust', async () => {
    fs.writeFileSync(station.path('others.pem'), office.cloud.ca);
    assert.match(await session('Yleinen', ['put forbidden.bin y.bin'], station.path('others.pem')), /issuer is not trusted/);
    assert.equal(await office.stored('y.bin'), undefined);
  });

  await cases.play();
});
