// Whether CPU for each request grows with what the key store remembers: gateways whose stores were
// filled with a thousand to ten million records before they started.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { keepThousand } from './thousand.mjs';
import { gatewayTarget, kSealed } from '../targets.mjs';

const run = promisify(execFile);
const kRecords = [1e3, 1e4, 1e5, 1e6, 1e7];
const kSize = 10 * 1024;
const text = (count) => count.toLocaleString('en-US');
const whats = ['PUT', 'GET'].flatMap((method) => kRecords.map((count) => `${method}, ${text(count)} records`));

async function fill(stage, home, count) {
  await run(stage.program('bench_fill'), [path.join(home, 'store'), path.join(home, 'secrets', 'root.key'), String(count)]);
}

export const records = {
  name: 'records',
  title: 'Records of the key store: 32 connections, 10 KiB',
  unit: 'request',
  whats,
  targets: [kSealed[0]],
  base: (what, target) => [what.replace(/[\d,]+ records$/, `${text(kRecords[0])} records`), target],

  settings: ({ quick }) => (quick ? { seconds: 1, most: 1e5 } : { seconds: 5, most: 1e7 }),

  async prepare(stage, { most }) {
    const known = new Map();
    for (const count of kRecords.filter((one) => one <= most)) {
      const gateway = await stage.gateway('auto', { name: `gateway-${count}`, furnish: (home) => fill(stage, home, count) });
      const target = gatewayTarget(`records, ${count}`, gateway, true);
      const file = path.join(stage.dir, `records-${count}`);
      fs.writeFileSync(file, (await keepThousand(stage, target, kSize)).join('\n'));
      known.set(text(count), { target, file });
    }
    return known;
  },

  async measure(stage, { seconds }, known, what, _, round) {
    const [, method, count] = /^(PUT|GET), ([\d,]+) records$/.exec(what);
    const found = known.get(count);
    if (found === undefined) return undefined;
    const job = { connections: 32, seconds, size: kSize, warm: true };
    if (method === 'PUT') return stage.load(found.target, { ...job, method, target: found.target.content(`new-${round}/{n}.bin`) });
    return stage.load(found.target, { ...job, targets: found.file });
  },
};
