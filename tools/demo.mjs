// The demonstration behind tools/demo: node demo.mjs BIN_DIR [--stay]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadSdk } from '../tests/stories/graph_sdk.mjs';
import { Office, encodePath, sha256 } from '../tests/support/office.mjs';
import { quickXor } from '../tests/support/quickxor.mjs';
import { runTrusting } from '../tests/support/trusting.mjs';
import { sharedWindow } from '../tests/support/windows.mjs';
import { both, bytesBeside, count, dim, fact, failure, paragraph, say, table, title, verdict } from './demo_view.mjs';

const [bin, stay] = process.argv.slice(2);
const problems = [];

// Every statement that is shown is also checked; the end says which did not hold.
function check(sentence, holds) {
  if (!holds) problems.push(sentence);
  return holds;
}

function salaries() {
  const people = ['Aino Virtanen', 'Ville Korhonen', 'Kaisa Nieminen', 'Olli Laine'];
  return Buffer.from(`Salaries 2026 - confidential\n\n${people.map(
    (name, i) => `${name.padEnd(20)} ${4900 + 310 * i} EUR\n`).join('')}`);
}

function measurements() {
  const lines = Array.from({ length: 60_000 }, (_, i) =>
    `sensor-${String(i % 40).padStart(2, '0')};${String(i).padStart(7, '0')};${((i * 7919) % 100_003) / 1000};nominal\n`);
  return Buffer.from(`sensor;second;value;state\n${lines.join('')}`);
}

const files = [
  { folder: '/Salassa', name: 'Salaries 2026.txt', bytes: salaries(), confidential: true, send: sendByCurl },
  { folder: '/Salassa', name: 'Measurements.csv', bytes: measurements(), confidential: true, send: sendBySdk },
  { folder: '/Public', name: 'Lunch menu.txt', confidential: false, send: sendByCurl,
    bytes: Buffer.from('Lunch this week: pea soup, pancakes, salmon soup, macaroni casserole, fried herring.\n') },
];

const curlArguments = (office) => ['--cacert', path.join(office.home, 'tls', 'ca.pem'), '-H', `@${office.headerFile}`];

function curl(office, args) {
  const run = spawnSync('curl', ['--silent', '--show-error', ...curlArguments(office), ...args], { maxBuffer: 1 << 28 });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`curl ended with ${run.status}: ${run.stderr}`);
  return run.stdout;
}

async function sendByCurl(office, file) {
  const local = path.join(office.dir, file.name);
  fs.writeFileSync(local, file.bytes);
  const url = `${office.base}/me/drive/root:${encodePath(`${file.folder}/${file.name}`)}:/content`;
  const status = curl(office, ['--upload-file', local, '--output', path.join(office.dir, 'answer'),
                               '--write-out', '%{http_code}', url]).toString();
  check(`curl was told 201 for ${file.name}`, status === '201');
  file.downloaded = sha256(curl(office, [url]));
  return 'curl, one PUT';
}

async function sendBySdk(office, file) {
  const script = fileURLToPath(new URL('demo_sdk.mjs', import.meta.url));
  const answer = await runTrusting(script, path.join(office.home, 'tls', 'ca.pem'), {
    baseUrl: `https://localhost:${office.port}`, token: office.token,
    folder: file.folder, name: file.name, bytes: file.bytes });
  file.downloaded = answer.downloaded;
  return `Microsoft's JavaScript client, upload session, ${answer.fragments} fragments`;
}

// Both listings come from the same request, once to the gateway and once past it to the vendor.
async function listings(office, file) {
  const target = `/me/drive/root:${encodePath(`${file.folder}/${file.name}`)}`;
  const user = (await office.graph('GET', target)).json;
  const vendor = (await office.cloud.graph('GET', target, { token: office.token })).json;
  const held = await office.stored(file.name);
  return { user, vendor, held: fs.readFileSync(held.blob) };
}

function showSealed(file, held) {
  const sealedSize = 512 + file.bytes.length + 16 * (Math.floor(file.bytes.length / 16384) + 1);
  check(`${file.name} has the size of a sealed file`, held.length === sealedSize);
  const none = sharedWindow(file.bytes, held) === undefined;
  check(`nothing of ${file.name} is at the vendor`, none);
  verdict("the vendor's bytes contain none of the 8-byte windows of the plaintext", none, none);
}

function showPassed(file, held) {
  const same = held.equals(file.bytes);
  check(`${file.name} is at the vendor as it was sent`, same);
  verdict('ordinary: the vendor holds exactly the bytes that were sent', same, same);
}

async function show(office, file) {
  const { user, vendor, held } = await listings(office, file);
  title(`${file.folder.slice(1)}/${file.name}`);
  fact('sent by', file.how);
  both('', 'WHAT THE USER SEES', 'WHAT THE VENDOR HOLDS');
  both('size', `${count(user.size)} bytes`, `${count(vendor.size)} bytes`);
  both('quickXorHash', user.file.hashes.quickXorHash, vendor.file.hashes.quickXorHash);
  both('sha-256', `${file.downloaded.slice(0, 32)}…`, `${sha256(held).slice(0, 32)}…`);
  bytesBeside(file.bytes, held);
  check(`the listing shows the user's size of ${file.name}`, user.size === file.bytes.length);
  check(`the listing shows the user's hash of ${file.name}`, user.file.hashes.quickXorHash === quickXor(file.bytes));
  check(`the vendor lists what it holds as ${file.name}`,
    vendor.size === held.length && vendor.file.hashes.quickXorHash === quickXor(held));
  const whole = check(`${file.name} came back whole`, file.downloaded === sha256(file.bytes));
  verdict('what came back to the user is byte for byte what was sent', whole, whole);
  if (file.confidential) showSealed(file, held);
  else showPassed(file, held);
}

function showRegister(office) {
  const listed = office.kerros('item', 'list', '--json');
  if (!check('kerros item list answers', listed.code === 0)) return;
  const items = JSON.parse(listed.out);
  check('the register knows the confidential files and no other',
    items.map((item) => item.name).sort().join() ===
      files.filter((file) => file.confidential).map((file) => file.name).sort().join());
  check('every one of them is bound', items.every((item) => item.state === 'bound'));
  title('kerros item list');
  table(['STATE', 'NAME', 'PLAIN', 'SEALED', 'UNIT', 'KEY', 'BY'], items.map((item) =>
    [item.state, item.name, count(item.plain_size), count(item.sealed_size), item.unit, item.key_version, item.created_by]));
}

function showAudit(office) {
  const tail = office.kerros('audit', 'tail', '--count', '12', '--purpose', 'demo', '--json');
  const verified = office.kerros('audit', 'verify');
  if (!check('kerros audit tail answers', tail.code === 0)) return;
  const records = JSON.parse(tail.out);
  const uploads = records.filter((record) => record.event === 'upload-done' && record.status === 'done');
  check('the log holds every confidential upload', uploads.length === files.filter((file) => file.confidential).length);
  title('kerros audit tail');
  table(['TIME', 'EVENT', 'ACTOR', 'RIGHT', 'STATUS'], records.map((record) =>
    [record.time.slice(11, 23), record.event, record.actor, record.right, record.status]));
  say();
  const whole = check('kerros audit verify finds the log whole', verified.code === 0);
  verdict('the log is whole and signed (kerros audit verify)', whole, whole);
}

async function play(office) {
  await office.login();
  office.headerFile = path.join(office.dir, 'authorization');
  fs.writeFileSync(office.headerFile, `Authorization: Bearer ${office.token}\n`, { mode: 0o600 });
  for (const folder of new Set(files.map((file) => file.folder))) await office.folder(folder.slice(1));
  title('Kerros: the layer between an office and the cloud');
  fact('the cloud', `${office.cloud.ready.graph} (Graph), ${office.cloud.ready.tenant} (files): a local stand-in`);
  fact('the gateway', `${office.base}, seals /Salassa/**`);
  fact('the user', 'aino@contoso.test');
  for (const file of files) file.how = await file.send(office, file);
  for (const file of files) await show(office, file);
  showRegister(office);
  showAudit(office);
}

function conclude() {
  const sealedOnes = files.filter((file) => file.confidential).length;
  title('What happened');
  if (problems.length > 0) {
    for (const problem of problems) failure(`Not true: ${problem}.`);
    process.exitCode = 1;
    return;
  }
  paragraph(`${files.length} files went from the office through the gateway to the cloud and came back byte for byte. `
    + `Of the ${sealedOnes} confidential ones the vendor holds only ciphertext, while the user sees them with their own `
    + 'size and hash; the ordinary one it holds as it was sent. The keys never left the office.');
  say();
}

const quote = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`);

async function remain(office) {
  const trust = curlArguments(office).map(quote).join(' ');
  const vendor = `--cacert ${office.cloud.ready.ca} -H @${office.headerFile} --connect-to graph.microsoft.com:443:${office.cloud.ready.graph}`;
  const inFolder = '/me/drive/root:/Salassa';
  title('Running until Ctrl-C');
  const lines = [
    ['what the user sees', `curl ${trust} '${office.base}${inFolder}:/children?$select=name,size,file'`],
    ['what the vendor holds', `curl ${vendor} 'https://graph.microsoft.com/v1.0${inFolder}:/children?$select=name,size,file'`],
    ['send a file', `curl ${trust} -T README.md ${office.base}${inFolder}/README.md:/content`],
    ['get it back', `curl ${trust} ${office.base}${inFolder}/README.md:/content`],
    ["the vendor's disk", `ls -l ${path.join(office.cloud.dir, 'blobs')}`],
    ['the register', `${path.join(bin, 'kerros')} --config ${office.configFile} item list`],
    ['health', `curl http://127.0.0.1:${office.adminPort}/readyz`],
    ['the token', `cat ${office.headerFile}`],
  ];
  for (const [what, line] of lines) {
    say(dim(what));
    console.log(`${line}\n`);  // at the margin and unbroken, to be copied
  }
  const how = await office.gatewayEnded;
  if (how !== 0 && !ending) throw new Error(`the gateway ended with ${how}`);
}

let opening;
let ending;
// Once, whoever asks first; also when asked while the office is still opening.
function end() {
  ending ??= (async () => { await (await opening?.catch(() => undefined))?.stop(); })();
  return ending;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    await end();
    process.exit(stay ? process.exitCode ?? 0 : 130);
  });
}

try {
  loadSdk();
  opening = Office.open({ bin, watch: false });
  const office = await opening;
  await play(office);
  conclude();
  if (stay) await remain(office);
} catch (error) {
  if (!ending) failure(`The demonstration failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await end();
}
