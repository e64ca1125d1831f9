// What a run of the benchmarks prints: a table for each row, the bounds that the project set itself, and
// a summary as JSON.
import { kMetrics, median, spread } from './figures.mjs';

const kHead = { GB: 'CPU-s/GB', request: 'CPU-us/request', rate: 'per second' };
const kSpeed = { GB: 'MB/s', request: 'requests/s' };

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3));
const column = (cells) => `| ${cells.join(' | ')} |`;

export const titleOf = (row, settings) => row.title.replace(/\{(\w+)\}/g, (_, name) => settings[name]);

// One line for each thing measured: { what, target, cost, ratio, p50, p99, speed, peak }.
export function linesOf(row, samples) {
  const value = kMetrics.cost[row.unit];
  return row.whats.flatMap((what) => row.targets.flatMap((target) => {
    const mine = samples.of(row, what, target);
    if (mine.length === 0) return [];
    const base = row.base(what, target);
    const ratios = samples.ratios(row, [what, target], base, value);
    const line = { what, target, cost: spread(mine.map(value)), ratio: spread(ratios), isBase: base[0] === what && base[1] === target };
    if (row.unit === 'rate') return [line];
    const perSecond = (sample) => (row.unit === 'GB' ? sample.bytes / 1e6 : sample.requests) / sample.seconds;
    return [{ ...line, p50: median(mine.map(kMetrics.p50)), p99: median(mine.map(kMetrics.p99)),
      speed: median(mine.map(perSecond)), peak: Math.max(...mine.map((sample) => sample.peak)) }];
  }));
}

export function tableOf(row, settings, lines) {
  const isRate = row.unit === 'rate';
  const head = ['', 'target', kHead[row.unit], 'min-max', 'ratio', 'min-max',
    ...(isRate ? [] : [row.unit === 'GB' ? 'ms p50' : 'us p50', row.unit === 'GB' ? 'ms p99' : 'us p99', kSpeed[row.unit], 'peak MiB'])];
  const time = (us) => digits(row.unit === 'GB' ? us / 1000 : us);
  const body = lines.map((line) => [line.what, line.target, digits(line.cost.median),
    `${digits(line.cost.min)}-${digits(line.cost.max)}`, line.ratio.median.toFixed(2),
    line.isBase ? '' : `${line.ratio.min.toFixed(2)}-${line.ratio.max.toFixed(2)}`,
    ...(isRate ? [] : [time(line.p50), time(line.p99), digits(line.speed), line.peak.toFixed(1)])]);
  return [`## ${titleOf(row, settings)}`, '', column(head), column(head.map(() => '---')), ...body.map(column), ''].join('\n');
}

export function memoryTable(title, rows) {
  const head = Object.keys(rows[0]).map((name) => (name === 'what' ? '' : name));
  return [`## ${title}`, '', column(head), column(head.map(() => '---')),
    ...rows.map((row) => column(Object.values(row))), ''].join('\n');
}

export function goalTable(goals) {
  if (goals.length === 0) return '';
  const head = ['bound', 'at most', 'measured', ''];
  return ['## Bounds', '', column(head), column(head.map(() => '---')),
    ...goals.map((goal) => column([goal.what, `${goal.atLeast ? 'at least ' : ''}${goal.limit}`, goal.value, goal.met ? 'met' : 'missed'])),
    ''].join('\n');
}

// One line of JSON for each row between the first line and the last.
export function summary({ about, lines, memory, goals }) {
  const round = (value) => Math.round(value * 1000) / 1000;
  const ratios = {};
  for (const [name, some] of lines) {
    ratios[name] = {};
    for (const { what, target, ratio, isBase } of some) {
      if (isBase) continue;
      ratios[name][what] ??= {};
      ratios[name][what][target] = [round(ratio.median), round(ratio.min), round(ratio.max)];
    }
  }
  const members = [...Object.entries(about), ...Object.entries(ratios).map(([name, value]) => [`ratio_${name}`, value]),
    ...(memory ? [['memory_mib', memory]] : []), ['goals', goals]];
  return `{\n${members.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}\n}`;
}
