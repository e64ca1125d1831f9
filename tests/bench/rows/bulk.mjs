// One large body after the other over a kept connection, each way.
import { keep, kNginx, kPassing, kRclone, kSealed, targetOf } from '../targets.mjs';

export const bulk = {
  name: 'bulk',
  title: 'Bulk: one connection, bodies of {mib} MiB',
  unit: 'GB',
  whats: ['up', 'down'],
  targets: [kNginx, ...kSealed, ...kPassing, kRclone],
  base: (what) => [what, kNginx],

  settings: ({ quick }) => (quick ? { mib: 100, bodies: 3 } : { mib: 200, bodies: 5 }),

  async prepare(stage, { mib }) {
    const paths = new Map();
    for (const name of bulk.targets) paths.set(name, await keep(stage, await targetOf(stage, name), 'kept-bulk.bin', mib << 20));
    return paths;
  },

  async measure(stage, { mib, bodies }, paths, what, name, round) {
    const target = await targetOf(stage, name);
    const job = { count: bodies, size: mib << 20 };
    if (what === 'up') return stage.load(target, { ...job, method: 'PUT', target: target.content(`up-${round}-{n}.bin`) });
    return stage.load(target, { ...job, target: paths.get(name) });
  },
};
