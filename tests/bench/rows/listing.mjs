// A folder of a thousand files listed, over and over: JSON that the gateway rewrites, each of the
// files being a sealed one.
import { keepThousand, kThousand } from './thousand.mjs';
import { kNginx, kPassing, kSealed, targetOf } from '../targets.mjs';

export const listing = {
  name: 'listing',
  title: 'Listings: one connection, JSON of 1,000 items',
  unit: 'request',
  whats: ['GET'],
  targets: [kNginx, kSealed[0], kPassing[0]],
  base: (what) => [what, kNginx],

  settings: ({ quick }) => (quick ? { seconds: 1 } : { seconds: 3 }),

  async prepare(stage) {
    for (const name of listing.targets) await keepThousand(stage, await targetOf(stage, name), 10 * 1024);
  },

  async measure(stage, { seconds }, _, what, name) {
    const target = await targetOf(stage, name);
    return stage.load(target, { seconds, target: target.children(kThousand), warm: true });
  },
};
