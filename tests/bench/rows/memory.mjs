// How much memory a process ever held: at rest, after one bulk transfer, with a thousand idle
// connections that have each been served once, and with 200 bulk transfers at once. Each with a
// process started anew.
import { kSealed, kNginx, gatewayTarget, targetOf } from '../targets.mjs';
import { peakMib, residentMib } from '../peers/process.mjs';

const kIdle = 1000;
const kMany = 200;

export const memory = {
  name: 'memory',
  title: 'Memory, MiB',

  settings: ({ quick }) => (quick ? { mib: 256, eachMib: 8 } : { mib: 2048, eachMib: 64 }),

  // [{ what, values by target }]
  async play(stage, settings) {
    const columns = { [kSealed[0]]: await ofGateway(stage, settings), [kNginx]: await ofNginx(stage, settings) };
    return Object.keys(columns[kNginx]).map((what) => ({ what,
      ...Object.fromEntries(Object.entries(columns).map(([name, seen]) => [name, seen[what]])) }));
  },
};

async function ofGateway(stage, settings) {
  const gateway = await stage.gateway('auto', { name: 'gateway-memory' });
  const target = gatewayTarget('sealed, memory', gateway, true);
  const seen = await all(stage, target, settings, () => gateway.relaunch());
  await stage.end('gateway-memory');
  return seen;
}

async function ofNginx(stage, settings) {
  const nginx = await stage.nginx('nginx-memory');
  const model = await targetOf(stage, kNginx);
  const target = Object.assign(Object.create(model), { to: `127.0.0.1:${nginx.port}`, pids: () => nginx.pids });
  const seen = await all(stage, target, settings, () => nginx.relaunch());
  await stage.end('nginx-memory');
  return seen;
}

async function all(stage, target, { mib, eachMib }, again) {
  const seen = {};
  const note = (what, value) => { seen[what] = Math.round(value * 10) / 10; };
  note('started', residentMib(target.pids()));
  const size = mib << 20;
  const up = await stage.load(target, { method: 'PUT', target: target.content('kept-memory.bin'), count: 1, size });
  const down = await stage.load(target, { target: target.content('kept-memory.bin'), count: 1, size });
  note(`one file of ${mib} MiB up, then down: peak`, Math.max(up.peak, down.peak));
  await stage.ask(target, 'DELETE', target.item('kept-memory.bin'));
  await again();
  await stage.load(target, { method: 'PUT', target: target.content('kept-small.bin'), count: 1, size: 10_240 });
  await stage.load(target, { target: target.content('kept-small.bin'), count: 1, size: 10_240, connections: kIdle, warm: true }, {
    whileOpen: () => {
      note(`${kIdle} idle connections: peak`, peakMib(target.pids()));
      note(`${kIdle} idle connections: now`, residentMib(target.pids()));
    },
  });
  await again();
  const many = { count: kMany, connections: kMany, size: eachMib << 20 };
  const manyUp = await stage.load(target, { ...many, method: 'PUT', target: target.content('many-{n}.bin') });
  note(`${kMany} files of ${eachMib} MiB up at once: peak`, manyUp.peak);
  await again();
  await stage.load(target, { method: 'PUT', target: target.content('kept-many.bin'), count: 1, size: eachMib << 20 });
  const manyDown = await stage.load(target, { ...many, target: target.content('kept-many.bin') });
  note(`${kMany} downloads of ${eachMib} MiB at once: peak`, manyDown.peak);
  return seen;
}
