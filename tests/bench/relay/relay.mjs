// CPU seconds per GB of the gateway, beside an nginx that relays the same bodies to the same cloud.
//
//   node relay.mjs BIN_DIR [--rounds N] [--bodies N] [--size MIB]
//
// One interleaved run: every round visits every target in both directions, the first round warms up
// and checks the content, and is dropped. One request moves one body: uploads are simple PUTs below
// the cloud's limit, and the cloud answers downloads itself instead of redirecting, so that a relay
// which knows nothing of redirects does the same work. Prints a table, then one line of JSON.
import { parseArgs } from 'node:util';

import { Office } from '../../support/office.mjs';
import { circumstances, cpuSeconds, summarize, table } from './figures.mjs';
import { Nginx } from './nginx.mjs';
import { Client } from './transfer.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    bodies: { type: 'string', default: '5' },
    size: { type: 'string', default: '200' },
  },
});
const [bin] = positionals;
const rounds = Number(values.rounds);
const bodies = Number(values.bodies);
const size = Number(values.size);
if (!bin || !(rounds > 0) || !(bodies > 0) || !(size > 0 && size < 250)) {
  console.error('usage: node relay.mjs BIN_DIR [--rounds N] [--bodies N] [--size MIB], MIB below 250');
  process.exit(2);
}

const settle = () => new Promise((resolve) => { setTimeout(resolve, 100); });

// One cell of the table: `bodies` times the same transfer, then what it cost.
async function measure(target, transfer) {
  await settle();
  const cpu = cpuSeconds(target.pids());
  const start = process.hrtime.bigint();
  for (let i = 0; i < bodies; i += 1) await transfer(i);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await settle();  // what is done after the answer belongs to the transfer too
  const gb = (bodies * size * 1024 * 1024) / 1e9;
  return { cpu: (cpuSeconds(target.pids()) - cpu) / gb, mbs: (gb * 1000) / seconds };
}

// A gateway that only seemed to seal would be cheap.
async function assertStored(target, drivePath) {
  const stored = await office.stored(drivePath.split('/').at(-1));
  const plain = size * 1024 * 1024;
  if (target.seals ? stored.size > plain : stored.size === plain) return;
  throw new Error(`${target.name}: the cloud holds ${stored.size} bytes of ${plain}`);
}

async function upAndDown(target, check) {
  const name = (i) => `${target.folder}/${target.name.replaceAll(' ', '-')}-${i}.bin`;
  const up = await measure(target, (i) => target.client.upload(name(i), size));
  if (check) await assertStored(target, name(0));
  const down = await measure(target, () => target.client.download(name(0), size, check));
  for (let i = 0; i < bodies; i += 1) await target.client.remove(name(i));
  return { up, down };
}

// Every round begins with another target: none always follows the same neighbour.
async function playRound(targets, number) {
  const results = {};
  for (let i = 0; i < targets.length; i += 1) {
    const target = targets[(i + number) % targets.length];
    results[target.name] = await upAndDown(target, number === 0);
  }
  return results;
}

const office = await Office.open({ bin, watch: false, config: (text) => `${text}\n[limits]\nthreads = 1\n` });
let nginx;

async function play() {
  await office.login();
  await office.folder('Salassa');
  await office.folder('open');
  await office.cloud.control('POST', '/switches', { name: 'content.direct', value: true, match: {} });
  nginx = await Nginx.start(office);
  const client = (port) => new Client({ port, ca: office.ca, token: office.token });
  const gateway = { pids: () => [office.gateway.pid], client: client(office.port) };
  const targets = [
    { name: 'nginx', folder: '/open', pids: () => nginx.pids, client: client(nginx.port) },
    { name: 'kerros, passing', folder: '/open', ...gateway },
    { name: 'kerros, sealing', folder: '/Salassa', seals: true, ...gateway },
  ];
  const results = [];
  for (let number = 0; number <= rounds; number += 1) {
    console.error(`round ${number} of ${rounds}${number === 0 ? ' (dropped)' : ''}`);
    results.push(await playRound(targets, number));
  }
  for (const target of targets) target.client.close();
  return summarize(results.slice(1), targets.map((target) => target.name), 'nginx');
}

let rows;
try {
  rows = await play();
} finally {
  await nginx?.stop();
  await office.stop();
}
console.log(table(rows));
console.log(JSON.stringify({ benchmark: 'relay', ...circumstances(), rounds, bodies, size_mib: size, rows }));
