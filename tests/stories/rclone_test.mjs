// Debian's rclone with its own onedrive backend, behind the proxy door; it is told of no gateway.
//
//   node rclone_test.mjs BIN_DIR business|documentLibrary [large]
//
// It deletes what it uploaded when size or hash of the answer are not those it sent, and skips what a
// listing calls equal: so sizes and hashes are as much on trial here as the bytes.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { Cases } from '../support/cases.mjs';
import { noise, sha256 } from '../support/office.mjs';
import { quickXor } from '../support/quickxor.mjs';
import { assertSealed, digests, falter, inOffice, proxyPastTheGateway, refreshToken, Workstation } from './workstation.mjs';

const [bin, driveType, size] = process.argv.slice(2);
const kLarge = size === 'large' ? 300_000_001 : 33_000_001;

const kTree = {
  'empty.txt': Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  'Palkat/palkkalista ä #1 100%.txt': Buffer.from('Aino 5 200, Ville 4 900, Kaisa 6 150\n'),
  "Palkat/it's (new) + old.bin": noise(16_384, 'a chunk'),
  'Palkat/2026/deep/er.bin': noise(70_000, 'deep'),
  'million.bin': noise(1_000_003, 'million'),
};
const large = noise(kLarge, 'large');

async function driveOf(office) {
  if (driveType === 'business') return (await office.graph('GET', '/me/drive')).json;
  return (await office.graph('GET', '/sites/root/drive')).json;
}

function settings({ drive, token }) {
  const unknown = { access_token: 'of yesterday', token_type: 'Bearer', refresh_token: token, expiry: '2020-01-01T00:00:00Z' };
  return ['[cloud]', 'type = onedrive', `drive_id = ${drive.id}`, `drive_type = ${driveType}`, 'client_id = story',
    'client_secret = told', `token = ${JSON.stringify(unknown)}`, ''].join('\n');
}

async function newStation(office, options) {
  const station = new Workstation(office, options);
  const drive = await driveOf(office);
  assert.equal(drive.driveType, driveType);
  fs.writeFileSync(station.path('rclone.conf'), settings({ drive, token: await refreshToken(office) }), { mode: 0o600 });
  station.rclone = (...args) => station.run('rclone',
    ['--config', station.path('rclone.conf'), '--low-level-retries', '3', '--retries', '1', '-v', ...args], { timeout: 300_000 });
  return station;
}

await inOffice({ bin }, async (office) => {
  await office.login();
  for (const bytes of [...Object.values(kTree), large]) office.secret(bytes);
  const station = await newStation(office);
  const local = station.plant(station.path('local'), kTree);
  const rclone = async (...args) => {
    const run = await station.rclone(...args);
    assert.equal(run.code, 0, `rclone ${args.join(' ')}\n${run.err}`);
    return run;
  };
  const remote = 'cloud:Salassa/tree';
  const cases = new Cases();
  const it = cases.it.bind(cases);

  async function isEqual(...more) {
    const { err } = await rclone('check', local, remote, ...more);
    assert.match(err, / 0 differences found/);
    assert.match(err, new RegExp(` ${Object.keys(digests(local)).length} matching files`));
    assert.doesNotMatch(err, /hashes could not be checked/);
  }

  it('copies a tree up, and check compares sizes and hashes', async () => {
    await rclone('copy', local, remote);
    await isEqual();
    for (const [name, bytes] of Object.entries(kTree).filter(([, content]) => content.length > 0))
      await assertSealed(office, name.split('/').pop(), bytes);
  });

  it('downloads everything to compare it byte by byte', () => isEqual('--download'));

  it('has nothing to do when it is asked to do it again', async () => {
    for (const how of [[], ['--checksum']]) {
      const { err } = await rclone('sync', ...how, local, remote);
      assert.match(err, /There was nothing to transfer/);
    }
  });

  it('syncs down into an empty folder', async () => {
    const back = station.path('back');
    await rclone('sync', remote, back);
    assert.deepEqual(digests(back), digests(local));
  });

  it('syncs what was changed, added and removed', async () => {
    const changes = { 'million.bin': noise(1_000_004, 'changed'), 'Palkat/new.bin': noise(5_000, 'added') };
    for (const bytes of Object.values(changes)) office.secret(bytes);
    station.plant(local, changes);
    fs.rmSync(station.path('local', 'one byte'));
    await rclone('sync', local, remote);
    await isEqual();
    const back = station.path('back');
    await rclone('sync', remote, back);
    assert.deepEqual(digests(back), digests(local));
  });

  it(`sends ${kLarge} bytes by an upload session`, async () => {
    station.plant(station.dir, { 'large.bin': large });
    await rclone('copyto', station.path('large.bin'), 'cloud:Salassa/large.bin');
    await assertSealed(office, 'large.bin', large);
    await rclone('copyto', 'cloud:Salassa/large.bin', station.path('large.back'));
    assert.equal(sha256(fs.readFileSync(station.path('large.back'))), sha256(large));
  });

  it('reads pieces of it', async () => {
    for (const [offset, count] of [[0, 1], [16_383, 2], [20_000_000, 3_000_000], [kLarge - 5, 5]]) {
      const { out } = await rclone('cat', '--offset', String(offset), '--count', String(count), 'cloud:Salassa/large.bin');
      assert.ok(out.equals(large.subarray(offset, offset + count)), `${count} from ${offset}`);
    }
    const { out } = await rclone('cat', '--offset', '-7', 'cloud:Salassa/large.bin');
    assert.ok(out.equals(large.subarray(-7)));
  });

  it('lists the sizes and hashes of the files as they are', async () => {
    const { text } = await rclone('lsjson', '--hash', '--recursive', '--files-only', remote);
    const seen = Object.fromEntries(JSON.parse(text).map((one) => [one.Path, one]));
    assert.deepEqual(Object.keys(seen).sort(), Object.keys(digests(local)).sort());
    for (const [name, { Size, Hashes }] of Object.entries(seen)) {
      const bytes = fs.readFileSync(station.path('local', name));
      assert.equal(Size, bytes.length, name);
      if (bytes.length > 0) assert.equal(Buffer.from(Hashes.quickxor, 'hex').toString('base64'), quickXor(bytes), name);
    }
  });

  it('moves and copies within the cloud', async () => {
    await rclone('moveto', 'cloud:Salassa/large.bin', 'cloud:Salassa/moved/other name.bin');
    const copied = await rclone('copyto', 'cloud:Salassa/moved/other name.bin', 'cloud:Salassa/copied.bin');
    assert.match(copied.err, /server-side copy/);
    for (const name of ['moved/other name.bin', 'copied.bin']) {
      const { out } = await rclone('cat', `cloud:Salassa/${name}`);
      assert.equal(sha256(out), sha256(large), name);
    }
    assert.deepEqual(JSON.parse((await rclone('lsjson', '--files-only', 'cloud:Salassa')).text).map((one) => one.Name), ['copied.bin']);
  });

  it('deletes a file, then everything', async () => {
    await rclone('deletefile', 'cloud:Salassa/copied.bin');
    await rclone('delete', 'cloud:Salassa/moved');
    await rclone('purge', remote);
    assert.equal((await rclone('lsf', '--recursive', '--files-only', 'cloud:Salassa')).text, '');
  });

  it('leaves ordinary files as they are', async () => {
    const ordinary = station.plant(station.path('ordinary'), { 'menu.txt': Buffer.from('Torstaina hernekeittoa\n') });
    await rclone('copy', ordinary, 'cloud:Yleiset');
    assert.ok(fs.readFileSync((await office.stored('menu.txt')).blob).equals(fs.readFileSync(station.path('ordinary', 'menu.txt'))));
    await rclone('check', ordinary, 'cloud:Yleiset');
  });

  it('does not notice that the cloud falters', async () => {
    await falter(office.cloud, async () => {
      const { err } = await rclone('copyto', station.path('large.bin'), 'cloud:Salassa/falter.bin');
      assert.doesNotMatch(err, /error|retry/i);
    });
    const { out } = await rclone('cat', 'cloud:Salassa/falter.bin');
    assert.equal(sha256(out), sha256(large));
  });

  // What the comparisons above are worth: the same client, where sizes and hashes are not those it sent.
  it('finds every file different when it looks past the gateway', async () => {
    await rclone('copy', local, remote);
    const past = await proxyPastTheGateway(office.cloud);
    try {
      const checked = await (await newStation(office, { proxy: past.url })).rclone('check', local, remote);
      assert.notEqual(checked.code, 0);
      assert.match(checked.err, new RegExp(` ${Object.keys(digests(local)).length} differences found`));
    } finally {
      past.close();
    }
  });

  it('takes no upload for done whose size or hash is wrong', async () => {
    const wrong = noise(10_000, 'wrong');
    const folder = station.plant(station.path('wrong'), { 'wrong.bin': wrong });
    for (const [lie, complaint] of [['wrong.size', /corrupted on transfer: sizes differ/], ['wrong.hash', /corrupted on transfer: \S+ hash differ/]]) {
      await office.cloud.control('POST', '/switches', { name: lie, value: true, match: { item: 'wrong.bin' } });
      const ordinary = await station.rclone('copy', folder, 'cloud:Yleiset');
      const sealed = await station.rclone('copy', folder, `cloud:Salassa/${lie}`);
      await office.cloud.control('DELETE', '/switches');
      assert.match(ordinary.err, complaint);
      for (const { code } of [ordinary, sealed]) assert.notEqual(code, 0, lie);
    }
  });

  await cases.play();
});
