// The redirect door, with three hosts made of network namespaces: a workstation that knows nothing,
// the gateway on its way out, and somebody else's servers behind it. nftables sends what leaves for
// port 443 to the door. Needs root, ip and nft; says so where they are missing.
//
//   node tests/hostile/redirect_test.mjs BIN_DIR
import assert from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Office, noise } from '../support/office.mjs';
import { skip } from '../support/skip.mjs';
import { Cases } from './cases.mjs';
import { firstMessage } from './proxy_office.mjs';

const script = fileURLToPath(import.meta.url);
const [bin, part] = process.argv.slice(2);

function run(program, ...args) {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr ?? done.error}`);
  return done.stdout;
}

// A gateway host whose processes, mounts and other namespaces end with it, and it with this process.
const alone = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

function missing() {
  if (process.getuid() !== 0) return 'it needs root';
  for (const program of ['ip', 'nft', 'curl', 'openssl', 'setpriv'])
    if (spawnSync(program, ['-V']).error) return `${program} is not installed`;
  if (spawnSync('setpriv', [...alone, 'true']).status !== 0) return 'no network namespace can be made';
  return undefined;
}

if (part === undefined) {
  const why = missing();
  if (why !== undefined) skip(why);
  process.exit(spawnSync('setpriv', [...alone, process.execPath, script, bin, 'inside'], { stdio: 'inherit' }).status ?? 1);
}

// --- from here on inside the gateway's namespace; the names of the two others are seen here alone ---

fs.mkdirSync('/run/netns', { recursive: true });
run('mount', '-t', 'tmpfs', 'tmpfs', '/run/netns');
const on = (host, ...args) => run('ip', ...(host === 'gateway' ? [] : ['-n', host]), ...args);
const inside = (host, ...command) => ['ip', 'netns', 'exec', host, ...command];

// Addresses that look like the public internet's, so that the door treats them so; nobody else sees them.
const links = [
  ['workstation', 'in', '10.77.0.2/24', '10.77.0.1/24', 'fd77::2/64', 'fd77::1/64'],
  ['server', 'out', '93.184.216.34/24', '93.184.216.1/24', '2a00:77::2/64', '2a00:77::1/64'],
];
on('gateway', 'link', 'set', 'lo', 'up');
for (const [host, link, ...addresses] of links) {
  run('ip', 'netns', 'add', host);
  on(host, 'link', 'set', 'lo', 'up');
  on(host, 'link', 'add', link, 'type', 'veth', 'peer', 'name', link, 'netns', String(process.pid));
  for (const [at, end] of [host, 'gateway', host, 'gateway'].entries())
    on(end, 'addr', 'add', addresses[at], 'dev', link, ...(at > 1 ? ['nodad'] : []));
  for (const end of [host, 'gateway']) on(end, 'link', 'set', link, 'up');
  on(host, 'route', 'add', 'default', 'via', addresses[1].split('/')[0]);
  on(host, 'route', 'add', '::/0', 'via', addresses[3].split('/')[0]);
}
const plainServer = '93.184.216.35';  // speaks no TLS
on('server', 'addr', 'add', `${plainServer}/24`, 'dev', 'out');
on('server', 'addr', 'add', '10.88.0.2/32', 'dev', 'lo');
on('gateway', 'route', 'add', '10.88.0.2/32', 'via', '93.184.216.34');
// As on one host of a pair that shares an address: which addresses are its own must still be known.
for (const family of ['ipv4', 'ipv6']) fs.writeFileSync(`/proc/sys/net/${family}/ip_nonlocal_bind`, '1');

const cases = new Cases();
const office = await Office.open({
  bin,
  proxy: 'redirect_listen = "[::]:0"',
  config: (text) => text.replace('[[policy.rule]]', '[limits]\nhead_timeout = "3s"\n\n[[policy.rule]]'),
});
const token = await office.login();
await office.folder('Salassa');
const door = / redirect=\S*:(\d+)/.exec(office.ready)[1];
run('nft', `table inet kerros {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    iifname "in" tcp dport 443 redirect to :${door};
  }
}
`);

const dir = fs.mkdtempSync(path.join(office.dir, 'redirect-'));
const ca = path.join(office.home, 'tls', 'proxy-ca.pem');
run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
  '-subj', '/CN=other.example', '-addext', 'subjectAltName=DNS:other.example',
  '-keyout', path.join(dir, 'key'), '-out', path.join(dir, 'pem'));
// Somebody else's servers: TLS on 443 that gives back what it is sent, and one without TLS that does.
fs.writeFileSync(path.join(dir, 'server.mjs'), `
  import fs from 'node:fs'; import https from 'node:https'; import net from 'node:net';
  const own = { key: fs.readFileSync('${dir}/key'), cert: fs.readFileSync('${dir}/pem') };
  const answer = (request, response) => request.pipe(response);
  const at = (server, host) => new Promise((resolve) => server.listen(443, host, resolve));
  for (const host of ['93.184.216.34', '10.88.0.2', '2a00:77::2']) await at(https.createServer(own, answer), host);
  await at(net.createServer((socket) => socket.on('error', () => {}).pipe(socket)), '${plainServer}');
  console.log('ready');
`);
const [program, ...args] = inside('server', process.execPath, path.join(dir, 'server.mjs'));
const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((resolve, reject) => {
  server.stdout.once('data', resolve);
  server.once('exit', (code, signal) => reject(new Error(`the other server ended at once: ${code ?? signal}`)));
});

// curl on the workstation. `at` is where its resolver says the host is.
function curl(host, at, ...more) {
  const address = at.includes(':') ? `[${at}]` : at;
  const [command, ...rest] = inside('workstation', 'curl', '--silent', '--show-error', '--noproxy', '*', '--max-time', '60',
    '--resolve', `${host}:443:${address}`, ...more);
  const done = spawnSync(command, rest, { maxBuffer: 1 << 28 });
  return { code: done.status, out: done.stdout, err: done.stderr.toString() };
}
// A client that says this much, and takes what it gets until the end, or until it has `enough`.
function say(octets, at = '93.184.216.99', enough = 1e9) {
  const [command, ...rest] = inside('workstation', process.execPath, '-e', `
    let seen = '';
    const socket = require('net').connect(443, '${at}', () => socket.write(Buffer.from('${octets}', 'hex')));
    socket.on('data', (piece) => { seen += piece; if (seen.length >= ${enough}) socket.end(); });
    socket.on('error', () => {});
    socket.on('close', () => { process.stdout.write(seen); });`);
  const done = spawnSync(command, rest, { timeout: 60_000, encoding: 'utf8' });
  return { status: done.status, out: done.stdout };
}
const file = noise(3_000_000, 1);
office.secret(file);
fs.writeFileSync(path.join(dir, 'file'), file);
const bearer = `Authorization: Bearer ${token}`;
const content = (at) => `https://graph.microsoft.com/v1.0/me/drive/root:/Salassa/${at}.bin:/content`;
const refusals = () => JSON.parse(office.kerros('audit', 'tail', '-n', '50', '--json').out)
  .filter((record) => record.event === 'refused');

for (const [kind, at] of [['IPv4', '93.184.216.99'], ['IPv6', '2a00:77::99']]) {
  await cases.check(`a client that knows nothing is sealed and opened over ${kind}`, async () => {
    const put = curl('graph.microsoft.com', at, '--cacert', ca, '-H', bearer, '-T', path.join(dir, 'file'), content(kind));
    assert.equal(put.code, 0, put.err);
    assert.equal(JSON.parse(put.out).size, file.length);
    const got = curl('graph.microsoft.com', at, '--cacert', ca, '-H', bearer, '-L', content(kind));
    assert.equal(got.code, 0, got.err);
    assert.ok(got.out.equals(file));
  });
}

for (const [kind, at] of [['IPv4', '93.184.216.34'], ['IPv6', '2a00:77::2']]) {
  await cases.check(`another host is reached untouched over ${kind}`, async () => {
    const got = curl('other.example', at, '--cacert', path.join(dir, 'pem'), '--data-binary', `@${path.join(dir, 'file')}`,
      '-H', 'Expect:', 'https://other.example/');
    assert.equal(got.code, 0, got.err);
    assert.ok(got.out.equals(file));
  });
}

await cases.check('a client that names no host goes to where it was going', async () => {
  const got = curl('x.example', '93.184.216.34', '--insecure', '--data', 'words', 'https://93.184.216.34/');
  assert.equal(got.out.toString(), 'words', got.err);
});

await cases.check('what is no TLS goes to where it was going', async () => {
  const words = 'EHLO these are no TLS\r\n';
  const { status, out } = say(Buffer.from(words).toString('hex'), plainServer, words.length);
  assert.equal(status, 0);
  assert.equal(out, words);
  assert.equal(refusals().length, 0);
});

for (const [what, target, why, ...request] of [
  ['a private address', 'redirected 10.88.0.2 port 443 as other.example', /not of the public internet/,
    'other.example', '10.88.0.2', '--insecure', 'https://other.example/'],
  ['the gateway\'s own address', 'redirected 10.77.0.1 port 443', /from this host or to it/,
    'other.example', '10.77.0.1', '--insecure', 'https://other.example/'],
  ['the door itself', 'the door itself', /not redirected/,
    'other.example', '10.77.0.1', '--insecure', `https://10.77.0.1:${door}/`],
]) {
  await cases.check(`${what} cannot be reached through the door`, async () => {
    const before = refusals().length;
    assert.notEqual(curl(...request).code, 0);
    const all = refusals();
    assert.equal(all.length, before + 1);
    assert.equal(all.at(-1).target, target);
    assert.match(all.at(-1).status, why);
  });
}

await cases.check('half a first message, or none, is cut off', async () => {
  assert.equal(say('1603010200').status, 0);
  assert.equal(say('').status, 0);
});
await cases.check('a first message that cannot be read is refused', async () => {
  const before = refusals().length;
  assert.equal(say(`1603010005${'02000001ff'}`).status, 0);
  assert.equal(refusals().length, before + 1);
});

await cases.check('the dot of the root at the end of a name changes nothing, two of them are refused', async () => {
  const first = await firstMessage('graph.microsoft.com.');
  const { out } = say(first.toString('hex'), '93.184.216.99', 1);
  assert.equal(out.charCodeAt(0), 22, 'a handshake');
  const before = refusals().length;
  assert.equal(say((await firstMessage('graph.microsoft.com..')).toString('hex')).out, '');
  assert.equal(refusals().length, before + 1);
});

// --- the proxy door on the same host ---

const hosts = path.join(dir, 'hosts');
fs.writeFileSync(hosts, ['127.0.0.1 localhost', '93.184.216.1 own.example', '2a00:77::1 own6.example', '93.184.216.34 other.example',
  '2a00:77::2 other6.example', ''].join('\n'));
run('mount', '--bind', hosts, '/etc/hosts');

for (const name of ['own.example', 'own6.example']) {
  await cases.check(`the proxy door does not lead to the gateway's own address of ${name}`, async () => {
    const before = refusals().length;
    const refused = await office.workstation.connect(`${name}:443`);
    assert.equal(refused.status, 403);
    assert.match(refused.body.toString(), /not of the public internet, or of this proxy/);
    assert.equal(refusals().length, before + 1);
  });
}
await cases.check('and leads to others', async () => {
  for (const name of ['other.example', 'other6.example']) {
    const tunnel = await office.workstation.connect(`${name}:443`);
    assert.equal(tunnel.status, 200, tunnel.body.toString());
    tunnel.socket.destroy();
  }
});

cases.end();
server.kill();
await office.stop();
