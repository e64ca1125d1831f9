// Starts that must fail, one line each: how it came to it, the exit code, the whole text on stderr,
// and the store it was for, which is the same before and after; so is that of a running gateway,
// which serves on.
//
//   node tests/hostile/bad_start_test.mjs BIN_DIR
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Office, noise, sha256 } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const bin = path.resolve(process.argv[2]);
const cases = new Cases();
const office = await Office.open({ bin });

function storeHash(home) {
  const hash = crypto.createHash('sha256');
  for (const part of ['keys', 'items']) hash.update(fs.readFileSync(path.join(home, 'store', part, 'data.mdb')));
  return hash.digest('hex');
}

// A shell in a directory of its own, with the programs at hand and nothing on stdin.
const shell = (directory, command) => spawnSync('sh', ['-c', command],
  { cwd: directory, encoding: 'utf8', timeout: 20000, env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });

const kInit = 'kerros init home --graph-listen 127.0.0.1:0 --admin-listen 127.0.0.1:0';
const kStart = 'kerros-gateway --config home/kerros.toml';
const kSmallDisk = `${fileURLToPath(new URL('../support/own_mounts.sh', import.meta.url))} sh -c`;
const kForeignKey = `kerros-gateway: error: this key file or passphrase does not open the store
kerros-gateway: why: the key does not belong to this store, or bytes of it were changed
kerros-gateway: hint: check the key file or passphrase; if they are right, restore the store from a backup
`;
const kElsewhere = 'kerros-gateway: hint: stop what listens there, or change the address in kerros.toml\n';
const kManual = 'kerros-gateway: hint: docker/kerros.toml shows every key with its default\n';

// how it came to it | what is done before | the start | exit code | stderr, DIR for the directory
const table = [
  ['a second gateway on the same store', kInit, `kerros-gateway --config ${office.configFile}`, 7,
    `kerros-gateway: error: another process has this store open (${office.home}/store/lock)
kerros-gateway: why: a gateway or another kerros command holds ${office.home}/store
kerros-gateway: hint: stop it, or wait for it; with a gateway running, commands ask it by ${office.home}/run/admin.sock
`],
  ['a second gateway on the same address', `${kInit} && sed -i 's/^listen = "127.0.0.1:0"/listen = "127.0.0.1:${office.port}"/' home/kerros.toml`,
    kStart, 7, `kerros-gateway: error: another kerros-gateway listens on 127.0.0.1:${office.port}
kerros-gateway: why: two of them would share what clients send there
${kElsewhere}`],
  ['the address of another program', `${kInit} && sed -i 's/^listen = "127.0.0.1:0"/listen = "127.0.0.1:${office.adminPort}"/' home/kerros.toml`,
    kStart, 7, `kerros-gateway: error: cannot listen on 127.0.0.1:${office.adminPort}
kerros-gateway: why: Address already in use
${kElsewhere}`],
  ['an unknown configuration key', `${kInit} && sed -i '1i lisen = "x"' home/kerros.toml`, kStart, 2,
    `kerros-gateway: error: home/kerros.toml:1: unknown key \`lisen\`
kerros-gateway: why: a misspelt key would leave its default in force without anybody noticing
${kManual}`],
  ['a section without a name', `${kInit} && sed -i '1i [%' home/kerros.toml`, kStart, 2,
    `kerros-gateway: error: home/kerros.toml: this is not TOML: the name of a section or key cannot be read
kerros-gateway: why: a name begins with a letter, a digit, "-", "_" or a quotation mark
${kManual}`],
  ['no configuration', 'true', kStart, 6, `kerros-gateway: error: cannot read the configuration home/kerros.toml
kerros-gateway: why: the file is not there, or this user may not read it
kerros-gateway: hint: name it with --config FILE, or make an installation with \`kerros init DIR\`
`],
  ['a misspelt option', kInit, `${kStart} --confg x`, 2, `kerros-gateway: error: the command line cannot be understood
kerros-gateway: why: The following arguments were not expected: x --confg
kerros-gateway: hint: \`kerros-gateway --help\` shows what it takes
`],
  ['a missing key file', `${kInit} && rm -f home/secrets/root.key`, kStart, 6,
    `kerros-gateway: error: there is no key file DIR/home/secrets/root.key
kerros-gateway: why: the store or what opens it is not where home/kerros.toml says
kerros-gateway: hint: check store.directory and unseal.key_file, or make an installation with \`kerros init DIR\`
`],
  ["somebody else's key file", `${kInit} && cp -f ${office.home}/secrets/root.key home/secrets/root.key`, kStart, 4, kForeignKey],
  ['a wrong passphrase', `printf right >right; printf wrong >wrong; ${kInit} --unseal passphrase --passphrase-fd 3 3<right`,
    `${kStart} --passphrase-fd 3 3<wrong`, 4, kForeignKey],
  ['no passphrase', `printf right >right; ${kInit} --unseal passphrase --passphrase-fd 3 3<right`, kStart, 5,
    `kerros-gateway: error: a passphrase is needed to unseal the store
kerros-gateway: why: home/kerros.toml says unseal.method = "passphrase"
kerros-gateway: hint: give it on a descriptor: --passphrase-fd 3 3< FILE
`],
  ['no key for the certificate', `${kInit} && rm -f home/tls/server.key`, kStart, 5,
    `kerros-gateway: error: DIR/home/tls/server.key: not the unencrypted private key in PEM form of DIR/home/tls/server.pem: No such file or directory
kerros-gateway: why: clients are served with this certificate and its key or not at all
kerros-gateway: hint: check \`graph_door.certificate\` and \`graph_door.private_key\`
`],
  ['a full disk', kInit, `${kSmallDisk} 'mv home/store aside && mkdir home/store && mount -t tmpfs -o size=1m,mode=0700 tmpfs home/store &&
    cp -a aside/. home/store && { cat /dev/zero >home/store/ballast 2>&-; mkdir out; ${kStart}; code=$?;
    cp -a home/store/keys home/store/items out; umount home/store; cp -a out/. home/store; exit $code; }'`, 5,
    `kerros-gateway: error: committing in DIR/home/store/items: No space left on device
kerros-gateway: why: a disk, a map or lockable memory has no room left
kerros-gateway: hint: make room for the store and the log, then start again
`],
];

try {
  await office.login();
  await office.folder('Salassa');
  assert.equal((await office.put('/Salassa/a.bin', noise(40000))).status, 201);
  const served = storeHash(office.home);
  for (const [index, [what, before, start, code, text]] of table.entries()) {
    await cases.check(`${what}: exit ${code}, with what, why and what to do`, () => {
      const directory = path.join(office.dir, `start-${index}`);
      const home = path.join(directory, 'home');
      fs.mkdirSync(directory);
      const prepared = shell(directory, before);
      assert.equal(prepared.status, 0, prepared.stderr);
      const made = fs.existsSync(home) ? storeHash(home) : undefined;
      const run = shell(directory, start);
      const sessions = made && /^sessions = "(.*)"$/m.exec(fs.readFileSync(path.join(home, 'kerros.toml'), 'utf8'))[1];
      if (sessions?.startsWith('/')) fs.rmSync(sessions, { recursive: true, force: true });
      assert.equal(run.stderr, text.replaceAll('DIR/', `${directory}/`));
      assert.equal(run.status, code);
      assert.equal(run.stdout, '');
      assert.equal(made && storeHash(home), made);
      assert.equal(storeHash(office.home), served);
    });
  }
  await cases.check('the first gateway serves on', async () => {
    assert.equal(sha256((await office.get('/Salassa/a.bin')).bytes), sha256(noise(40000)));
  });
} finally {
  await office.stop();
}

cases.end();
