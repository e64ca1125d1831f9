// What an administrator sees of the proxy door on a weekday: an office set up by `kerros init`, the
// doctor's word on it as things go wrong one by one, users and a new authority while it serves.
//
//   node tests/stories/doctor_test.mjs BIN_DIR
import assert from 'node:assert';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { Cases } from '../hostile/cases.mjs';
import { Office, freePort } from '../support/office.mjs';
import { ProxyClient } from '../support/proxy_client.mjs';

const cases = new Cases();
const proxy = `127.0.0.1:${await freePort()}`;
const office = await Office.open({
  bin: process.argv[2],
  init: ['--proxy-listen', proxy],
  config: (text) => text.replace('private_key = "secrets/proxy-ca.key"', '$&\nusers_file = ""'),
});

function doctor() {
  const { code, out, err } = office.kerros('doctor', '--json');
  assert.equal(err, '');
  const report = JSON.parse(out);
  assert.equal(report.ok, code === 0);
  assert.equal(report.ok, report.checks.every((check) => check.result !== 'FAIL'));
  return { code, of: (name) => report.checks.filter((check) => check.name === name) };
}
function isSaid(name, result, what) {
  const [said, ...more] = doctor().of(name);
  assert.deepEqual(more, [], `${name} once`);
  assert.equal(said?.result, result, JSON.stringify(said));
  assert.match(said.what, what);
}
const setting = (from, to) => fs.writeFileSync(office.configFile,
  fs.readFileSync(office.configFile, 'utf8').replace(from, to));
const newest = (count) => JSON.parse(office.kerros('audit', 'tail', '-n', String(count), '--json').out);
const station = (user) => new ProxyClient({ address: proxy, ca: fs.readFileSync(path.join(office.home, 'tls/proxy-ca.pem')), user });

async function connects(user) {
  const { socket, status } = await station(user).connect('graph.microsoft.com:443');
  socket.destroy();
  return status;
}

// A reload is done when it is on record.
async function reload() {
  const loads = () => newest(50).filter((record) => record.event.startsWith('config-')).length;
  const before = loads();
  office.gateway.kill('SIGHUP');
  while (loads() === before) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

try {
  await cases.check('an office as `kerros init` makes it lacks nothing that this host can see', () => {
    const said = doctor();
    assert.equal(said.code, 0);
    const words = (name) => said.of(name).map((check) => check.result);
    for (const name of ['configuration', 'gateway', 'store', 'log', 'certificate', 'proxy-ca', 'graph-door', 'health',
      'proxy-door', 'pac-file', 'interception', 'graph', 'content', 'clock']) assert.deepEqual(words(name), ['ok'], name);
    assert.match(said.of('pac-file')[0].what, new RegExp(`graph.microsoft.com -> PROXY ${proxy}; www.example.org -> DIRECT$`));
    assert.match(said.of('ca-trust')[0].remedy, /tls\/proxy-ca\.pem on every workstation/);
    assert.equal(said.of('proxy-name')[0].result, 'warn');
  });

  await cases.check('for people it is one screen, a remedy below what is not well', () => {
    const { out } = office.kerros('doctor');
    assert.ok(out.split('\n').length < 40, out);
    assert.match(out, /^warn {2}ca-trust .*\n +-> install /m);
  });

  await cases.check('a workstation reaches Graph with the certificate that init made', async () => {
    const token = await office.login();
    const me = await station().request('GET', 'https://graph.microsoft.com/v1.0/me/drive/root', { token });
    assert.equal(me.status, 200);
  });

  await cases.check('a user who was added may use the proxy after a reload, and nobody else', async () => {
    setting('users_file = ""', 'users_file = "secrets/proxy-users"');
    const made = office.kerros('proxy', 'user', 'add', 'aino', '--json');
    assert.equal(made.code, 0, made.err);
    assert.match(made.err, /until it is reloaded/);
    const { password } = JSON.parse(made.out);
    assert.deepEqual(newest(2).map((record) => [record.event, record.source, record.target, record.status]),
      [['proxy-users-changed', 'admin-socket', 'aino', 'intent'], ['proxy-users-changed', 'admin-socket', 'aino', 'done']]);
    await reload();
    assert.equal(await connects(`aino:${password}`), 200);
    assert.equal(await connects(`aino:${password}x`), 407);
    assert.equal(await connects(), 407);
    isSaid('interception', 'ok', /answered here/);
    assert.equal(office.kerros('proxy', 'user', 'remove', 'aino').code, 0);
    await reload();
    assert.equal(await connects(`aino:${password}`), 407);
    setting('users_file = "secrets/proxy-users"', 'users_file = ""');
    await reload();
    assert.equal(await connects(), 200);
  });

  await cases.check('another authority is not in use before a reload, and is after', async () => {
    for (const file of ['tls/proxy-ca.pem', 'secrets/proxy-ca.key']) fs.rmSync(path.join(office.home, file));
    isSaid('proxy-ca', 'FAIL', /No such file/);
    const made = office.kerros('proxy', 'ca', 'init');
    assert.equal(made.code, 0, made.err);
    assert.equal(newest(1)[0].details.detail, `sha256 ${/^sha256: (.*)$/m.exec(made.out)[1]}`);
    isSaid('interception', 'FAIL', /its certificate is not accepted/);
    await reload();
    isSaid('interception', 'ok', /answered here/);
  });

  await cases.check('a list that was changed is not served before a reload', async () => {
    const list = 'intercept = ["graph.microsoft.com", "contoso.sharepoint.com"]\n';
    setting('users_file = ""\n', `$&${list}`);
    isSaid('pac-file', 'FAIL', /is not what this configuration says/);
    isSaid('intercept', 'warn', /\*\.sharepoint\.com holds content and is not on the list/);
    setting(list, '');
    isSaid('pac-file', 'ok', /./);
  });

  await cases.check('a clock that is off is seen beside the cloud\'s', async () => {
    for (const [offset, result] of [[600_000, 'FAIL'], [-120_000, 'warn'], [0, 'ok']]) {
      await office.cloud.control('POST', '/clock', { offset_ms: offset });
      isSaid('clock', result, /^\d+ s from the cloud's$/);
    }
  });

  await cases.check('a cloud whose certificate is not trusted is not taken for it', () => {
    setting('ca_file = "tls/upstream-ca.pem"', 'ca_file = "tls/ca.pem"');
    isSaid('graph', 'FAIL', /its certificate is not accepted: (unable to get|self.signed)/);
    isSaid('content', 'FAIL', /its certificate is not accepted/);
    setting('ca_file = "tls/ca.pem"', 'ca_file = "tls/upstream-ca.pem"');
  });

  await cases.check('without a gateway the rest is looked at, and a stranger on its address is seen', async () => {
    await office.killGateway('SIGTERM');
    const said = doctor();
    assert.equal(said.code, 1);
    assert.deepEqual(said.of('gateway').map((check) => check.what), ['no gateway runs']);
    for (const name of ['store', 'log', 'certificate', 'proxy-ca', 'graph', 'clock']) assert.equal(said.of(name)[0].result, 'ok', name);
    assert.deepEqual(said.of('proxy-door'), []);
    const stranger = net.createServer((socket) => socket.end()).listen(Number(proxy.split(':')[1]), '127.0.0.1');
    await new Promise((resolve) => { stranger.on('listening', resolve); });
    isSaid('proxy-door', 'FAIL', /^another program answers at /);
    stranger.close();
  });

  await cases.check('without the cloud it says so', async () => {
    await office.cloud.stop();
    isSaid('graph', 'FAIL', /^graph\.microsoft\.com: .*: Connection refused$/);
    isSaid('content', 'FAIL', /Connection refused$/);
  });
} finally {
  await office.stop();
}
cases.end();
