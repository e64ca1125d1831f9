// Many small files over 32 kept connections: each PUT makes a new one, GETs go through a thousand.
import fs from 'node:fs';
import path from 'node:path';

import { keepThousand } from './thousand.mjs';
import { kNginx, kPassing, kRclone, kSealed, targetOf } from '../targets.mjs';

const kSize = 10 * 1024;

export const small = {
  name: 'small',
  title: 'Small files: 32 connections, 10 KiB',
  unit: 'request',
  whats: ['PUT', 'GET'],
  targets: [kNginx, ...kSealed, kPassing[0], kRclone],
  base: (what) => [what, kNginx],

  settings: ({ quick }) => (quick ? { seconds: 1 } : { seconds: 3 }),

  async prepare(stage) {
    const lists = new Map();
    for (const name of small.targets) {
      const target = await targetOf(stage, name);
      const raw = await keepThousand(stage, target, kSize);
      const file = path.join(stage.dir, `targets-${name.replace(/[ ,]+/g, '-')}`);
      fs.writeFileSync(file, raw.join('\n'));
      lists.set(name, file);
    }
    return lists;
  },

  async measure(stage, { seconds }, lists, what, name, round) {
    const target = await targetOf(stage, name);
    const job = { connections: 32, seconds, size: kSize, warm: true };
    if (what === 'PUT') return stage.load(target, { ...job, method: 'PUT', target: target.content(`new-${round}/{n}.bin`) });
    return stage.load(target, { ...job, targets: lists.get(name) });
  },
};
