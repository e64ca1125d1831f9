// Whether CPU for each GB grows with the number of transfers at once: the same bodies over 1 to 200
// connections.
import { keep, kNginx, kSealed, targetOf } from '../targets.mjs';

const kConnections = [1, 10, 50, 200];
const whats = ['up', 'down'].flatMap((way) => kConnections.map((many) => `${way}, ${many}`));

export const connections = {
  name: 'connections',
  title: 'Transfers at once: {bodies} bodies of {mib} MiB over 1 to 200 connections',
  unit: 'GB',
  whats,
  targets: [kSealed[0], kNginx],
  base: (what, target) => [what.replace(/\d+$/, '1'), target],

  settings: ({ quick }) => (quick ? { mib: 4, bodies: 200 } : { mib: 16, bodies: 400 }),

  async prepare(stage, { mib }) {
    const paths = new Map();
    for (const name of connections.targets)
      paths.set(name, await keep(stage, await targetOf(stage, name), 'kept-connections.bin', mib << 20));
    return paths;
  },

  async measure(stage, { mib, bodies }, paths, what, name, round) {
    const target = await targetOf(stage, name);
    const [way, many] = what.split(', ');
    const job = { count: bodies, connections: many, size: mib << 20 };
    if (way === 'up') return stage.load(target, { ...job, method: 'PUT', target: target.content(`many-${round}-${many}-{n}.bin`) });
    return stage.load(target, { ...job, target: paths.get(name) });
  },
};
