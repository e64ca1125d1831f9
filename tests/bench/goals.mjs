// The bounds that the project set itself (docs/performance.md), each a median of ratios by round.
import { kMetrics, median } from './figures.mjs';
import { kNginx, kPassing, kRclone, kSealed } from './targets.mjs';

const [vaes, openssl, libsodium] = kSealed;

const cost = (row, what, target, base, limit) => ({ row, what, target, base, limit, value: kMetrics.cost });
const kGoals = [
  cost('bulk', 'up', vaes, kNginx, 0.95),
  cost('bulk', 'down', vaes, kNginx, 0.95),
  cost('bulk', 'up', openssl, kNginx, 1.40),
  cost('bulk', 'down', openssl, kNginx, 1.45),
  cost('bulk', 'up', libsodium, kNginx, 1.65),
  cost('bulk', 'down', libsodium, kNginx, 1.85),
  cost('bulk', 'up', kPassing[0], kNginx, 0.80),
  cost('bulk', 'down', kPassing[0], kNginx, 0.80),
  cost('bulk', 'up', kPassing[1], kNginx, 1.05),
  cost('bulk', 'down', kPassing[1], kNginx, 1.05),
  cost('bulk', 'up', vaes, kRclone, 0.35),
  cost('bulk', 'down', vaes, kRclone, 0.45),
  cost('small', 'PUT', vaes, kNginx, 1.5),
  cost('small', 'GET', vaes, kNginx, 1.5),
  { row: 'ranges', what: 'download URL', target: vaes, base: kNginx, limit: 1.15, value: { request: kMetrics.p50 }, of: 'p50' },
  cost('tunnel', 'up', 'tunnel', 'nginx stream', 1.3),
  cost('tunnel', 'down', 'tunnel', 'nginx stream', 1.3),
  { row: 'commits', what: 'commit', target: 'key store, new keys', base: 'PostgreSQL 15', limit: 1.5, atLeast: true, orRate: 20_000,
    value: kMetrics.cost },
];

// CPU for each GB, or each request, in one row beside the same target's in another: it must not grow.
const growth = (row, limit) => row.whats.filter((what) => row.base(what, vaes)[0] !== what)
  .map((what) => ({ row: row.name, what, target: vaes, baseWhat: row.base(what, vaes)[0], base: vaes, limit, value: kMetrics.cost }));
const kGrowth = { connections: 1.10, sizes: 1.10, records: 1.15 };

const kMemory = [
  [/^one file/, 64],
  [/^200 .*: peak/, 256],
  [/idle connections: now/, 100],
];

export function goalsOf(rows, samples, memory) {
  const goals = [...kGoals, ...rows.filter(({ name }) => kGrowth[name]).flatMap((row) => growth(row, kGrowth[row.name]))];
  const judged = goals.flatMap((goal) => {
    const row = rows.find(({ name }) => name === goal.row);
    if (row === undefined) return [];
    const ratios = samples.ratios(row, [goal.what, goal.target], [goal.baseWhat ?? goal.what, goal.base], goal.value[row.unit]);
    if (ratios.length === 0) return [];
    const value = Math.round(median(ratios) * 100) / 100;
    const rate = goal.orRate && median(samples.of(row, goal.what, goal.target).map((sample) => sample.rate));
    const beside = goal.baseWhat === undefined ? goal.base : goal.baseWhat;
    const or = goal.orRate ? `, or ${goal.orRate} a second (${Math.round(rate)})` : '';
    return [{ what: `${goal.row} ${goal.what}: ${goal.target}${goal.of ? `, ${goal.of},` : ''} beside ${beside}${or}`, limit: goal.limit,
      ...(goal.atLeast ? { atLeast: true } : {}), value,
      met: goal.atLeast ? value >= goal.limit || rate >= goal.orRate : value <= goal.limit }];
  });
  const held = (memory ?? []).flatMap((row) => kMemory.filter(([pattern]) => pattern.test(row.what))
    .map(([, limit]) => ({ what: `memory, ${row.what}, MiB`, limit, value: row[vaes], met: row[vaes] <= limit })));
  return [...judged, ...held];
}
