// How CPU for each GB depends on the size of a file: from 1 MB to 10 GB, as many of each as make one GB,
// or one. Beside 100 MB, since below it what each file costs by itself counts, and from 250 MiB on the
// gateway sends a file in fragments of an upload session.
import { keep, kNginx, kSealed, targetOf } from '../targets.mjs';

const kMegabytes = [1, 10, 100, 1000, 10_000];
const kTotal = 1000;
const megabytesOf = (what) => Number(/(\d+) MB$/.exec(what)[1]);
const path = (megabytes) => `kept-size-${megabytes}.bin`;

export const sizes = {
  name: 'sizes',
  title: 'File sizes: one connection, at least {total} MB of each',
  unit: 'GB',
  whats: ['up', 'down'].flatMap((way) => kMegabytes.map((size) => `${way}, ${size} MB`)),
  targets: [kSealed[0], kNginx],
  base: (what, target) => [what.replace(/\d+ MB$/, '100 MB'), target],

  settings: ({ quick }) => ({ total: kTotal, most: quick ? 1000 : 10_000 }),

  async prepare(stage, { most }) {
    const paths = new Map();
    for (const name of sizes.targets)
      for (const megabytes of kMegabytes.filter((size) => size <= most))
        paths.set(`${name} ${megabytes}`, await keep(stage, await targetOf(stage, name), path(megabytes), megabytes * 1e6));
    return paths;
  },

  async measure(stage, { most }, paths, what, name, round) {
    const megabytes = megabytesOf(what);
    if (megabytes > most) return undefined;
    const target = await targetOf(stage, name);
    const job = { count: Math.max(1, kTotal / megabytes), size: megabytes * 1e6 };
    if (what.startsWith('up')) return stage.load(target, { ...job, method: 'PUT', target: target.content(`size-${round}-${megabytes}-{n}.bin`) });
    return stage.load(target, { ...job, target: paths.get(`${name} ${megabytes}`) });
  },
};
