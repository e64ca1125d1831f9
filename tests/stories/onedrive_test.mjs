// Debian's onedrive (abraunegg) behind the proxy door: a whole folder up, then down into an empty one.
//
//   node onedrive_test.mjs BIN_DIR
//
// It trusts the system's store and nothing else, so that it runs where another one is mounted in its place.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Cases } from '../support/cases.mjs';
import { noise } from '../support/office.mjs';
import { skip } from '../support/skip.mjs';
import { assertSealed, digests, falter, inOffice, proxyPastTheGateway, refreshToken, Workstation } from './workstation.mjs';

const ownMounts = fileURLToPath(new URL('../support/own_mounts.sh', import.meta.url));
const kStore = '/etc/ssl/certs/ca-certificates.crt';

const kSealed = {
  'Salassa/empty.txt': Buffer.alloc(0),
  'Salassa/one byte': Buffer.from('x'),
  'Salassa/Palkat/palkkalista ä #1 100%.txt': Buffer.from('Aino 5 200, Ville 4 900, Kaisa 6 150\n'),
  "Salassa/Palkat/it's (new) + old.bin": noise(16_384, 'a chunk'),
  'Salassa/Palkat/2026/deep.bin': noise(70_000, 'deep'),
  'Salassa/large.bin': noise(25_000_001, 'large'),
};
const kOrdinary = { 'Yleiset/menu.txt': Buffer.from('Torstaina hernekeittoa\n') };

if (spawnSync(ownMounts, ['true']).status !== 0) skip('no mount namespace can be made');

// An installation of the client, with its own folder, database and sign-in.
async function client(station, token, settings = '') {
  const home = fs.mkdtempSync(station.path('onedrive-'));
  const folder = path.join(home, 'files');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(home, 'config'), `sync_dir = "${folder}"\n${settings}`);
  fs.writeFileSync(path.join(home, 'refresh_token'), token, { mode: 0o600 });
  const synchronize = async (...more) => {
    const run = await station.run(ownMounts, ['sh', '-c', 'mount --bind "$0" "$1" && shift && exec "$@"',
      station.trusted, kStore, 'onedrive', '--confdir', home, '--synchronize', '--verbose', ...more]);
    const said = run.text + run.err;
    assert.equal(run.code, 0, said);
    assert.doesNotMatch(said, /error|mis-?match|does not match|retry/i);
    return said;
  };
  return { folder, synchronize };
}

await inOffice({ bin: process.argv[2], nowhere: ['api.github.com'] }, async (office) => {
  await office.login();
  for (const bytes of Object.values(kSealed)) office.secret(bytes);
  const station = new Workstation(office);
  const token = await refreshToken(office);
  const [first, second] = [await client(station, token), await client(station, token)];
  station.plant(first.folder, { ...kSealed, ...kOrdinary });
  const cases = new Cases();
  const it = cases.it.bind(cases);
  const transfers = (said) => said.match(/^(?:Uploading|Downloading) (?:new |modified )?file .*$/gm) ?? [];

  it('synchronises a whole folder up', async () => {
    assert.equal(transfers(await first.synchronize()).length, 7);
    for (const [name, bytes] of Object.entries(kSealed)) await assertSealed(office, path.basename(name), bytes);
    assert.ok(fs.readFileSync((await office.stored('menu.txt')).blob).equals(kOrdinary['Yleiset/menu.txt']));
  });

  it('synchronises it down into an empty folder', async () => {
    assert.equal(transfers(await second.synchronize()).length, 7);
    assert.deepEqual(digests(second.folder), digests(first.folder));
  });

  it('finds nothing to do a second time', async () => {
    for (const one of [first, second]) assert.deepEqual(transfers(await one.synchronize()), []);
  });

  // It compares with the hash that it was told when it sent the file.
  it('sends no file again that was touched and not changed', async () => {
    const later = new Date(Date.now() + 60_000);
    for (const name of Object.keys(kSealed)) fs.utimesSync(path.join(first.folder, name), later, later);
    assert.deepEqual(transfers(await first.synchronize()), []);
    await second.synchronize();
  });

  it('brings what was changed, added, renamed and removed to the other one', async () => {
    const changes = { 'Salassa/Palkat/2026/deep.bin': noise(80_000, 'changed'), 'Salassa/new.bin': noise(11_000_000, 'new') };
    for (const bytes of Object.values(changes)) office.secret(bytes);
    station.plant(second.folder, changes);
    fs.utimesSync(path.join(second.folder, 'Salassa/Palkat/2026/deep.bin'), new Date(), new Date(Date.now() + 120_000));
    fs.renameSync(path.join(second.folder, 'Salassa/large.bin'), path.join(second.folder, 'Salassa/Palkat/renamed.bin'));
    fs.rmSync(path.join(second.folder, 'Salassa/one byte'));
    await second.synchronize();
    await first.synchronize();
    assert.deepEqual(digests(first.folder), digests(second.folder));
    assert.equal(Object.keys(digests(first.folder)).length, 7);
    await assertSealed(office, 'deep.bin', changes['Salassa/Palkat/2026/deep.bin']);
  });

  it('does not notice that the cloud falters', async () => {
    const file = noise(33_000_001, 'falter');
    office.secret(file);
    station.plant(first.folder, { 'Salassa/falter.bin': file });
    await falter(office.cloud, () => first.synchronize());
    await second.synchronize();
    assert.deepEqual(digests(second.folder), digests(first.folder));
  });

  it('synchronises a document library up and down', async () => {
    const library = (await office.graph('GET', '/sites/root/drive')).json;
    assert.equal(library.driveType, 'documentLibrary');
    const [here, there] = await Promise.all([1, 2].map(() => client(station, token, `drive_id = "${library.id}"\n`)));
    station.plant(here.folder, kSealed);
    await here.synchronize();
    await there.synchronize();
    assert.deepEqual(digests(there.folder), digests(here.folder));
  });

  // What the comparisons above are worth: where nothing opens the files, the same client brings others.
  it('gets other bytes for every sealed file when it goes past the gateway', async () => {
    const past = await proxyPastTheGateway(office.cloud);
    try {
      const stranger = await client(new Workstation(office, { proxy: past.url }), token);
      await stranger.synchronize('--download-only');
      const [own, others] = [digests(first.folder), digests(stranger.folder)];
      for (const name of Object.keys(own)) assert.equal(own[name] === others[name], name.startsWith('Yleiset/'), name);
    } finally {
      past.close();
    }
  });

  await cases.play();
});
