// 64 KiB from anywhere in a large file, one after the other over one connection: by a download URL,
// which proves its bearer by itself, and by /content, which the cloud must allow first.
import { keep, kNginx, kRclone, kSealed, targetOf } from '../targets.mjs';

export const ranges = {
  name: 'ranges',
  title: 'Random ranges: one connection, 64 KiB of a file of {mib} MiB',
  unit: 'request',
  whats: ['download URL', '/content'],
  targets: [kNginx, ...kSealed, kRclone],
  base: (what) => [what, kNginx],

  settings: ({ quick }) => (quick ? { mib: 100, seconds: 1 } : { mib: 500, seconds: 3 }),

  async prepare(stage, { mib }) {
    const paths = new Map();
    for (const name of ranges.targets)
      paths.set(name, await keep(stage, await targetOf(stage, name), 'kept-ranges.bin', mib << 20));
    return paths;
  },

  async measure(stage, { mib, seconds }, paths, what, name) {
    const target = await targetOf(stage, name);
    const job = { seconds, size: mib << 20, range: 64 * 1024, warm: true };
    if (what === '/content') return stage.load(target, { ...job, target: paths.get(name) });
    if (!target.downloadUrl) return undefined;  // WebDAV knows no such thing
    return stage.load(target, { ...job, target: await target.downloadUrl(stage, 'kept-ranges.bin'), token: undefined });
  },
};
