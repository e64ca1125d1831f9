// A folder of a thousand small files, put there through the target, for whoever reads them.
import { kRclone } from '../targets.mjs';

export const kThousand = 'kept-thousand';
const done = new WeakMap();

// The targets of their contents; of rclone, which makes some thirty a second, there are a hundred.
export async function keepThousand(stage, target, size) {
  const known = done.get(target);
  if (known) return known;
  const count = target.name === kRclone ? 100 : 1000;
  await stage.load(target, { method: 'PUT', target: target.content(`${kThousand}/{n}.bin`), count, size,
    connections: 16 });
  const raw = target.contentsById
    ? await target.contentsById(stage, kThousand)
    : Array.from({ length: count }, (_, i) => target.content(`${kThousand}/${i}.bin`));
  if (raw.length !== count) throw new Error(`${target.name}: ${raw.length} files are listed`);
  done.set(target, raw);
  return raw;
}
