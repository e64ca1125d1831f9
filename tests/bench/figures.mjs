// What many samples say: medians, and ratios that are taken within each round, because what else the
// machine does changes from round to round.
import { execFileSync } from 'node:child_process';
import os from 'node:os';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

// What a sample of the load generator costs, in the unit of its row.
export const kMetrics = {
  cost: {
    GB: (sample) => (sample.cpu * 1e9) / sample.bytes,           // CPU seconds for each GB
    request: (sample) => (sample.cpu * 1e6) / sample.requests,   // CPU microseconds for each request
    rate: (sample) => sample.rate,
  },
  p50: (sample) => sample.p50_us,
  p99: (sample) => sample.p99_us,
};

// Samples of all rounds that count.
export class Samples {
  #rounds = new Map();  // "row what target" -> samples by round
  add(row, what, target, round, sample) {
    const key = `${row.name} ${what} ${target}`;
    if (!this.#rounds.has(key)) this.#rounds.set(key, new Map());
    this.#rounds.get(key).set(round, sample);
  }

  of(row, what, target) { return [...(this.#rounds.get(`${row.name} ${what} ${target}`)?.values() ?? [])]; }

  // By round: `value` of one target for each of another's.
  ratios(row, [what, target], [baseWhat, base], value) {
    const mine = this.#rounds.get(`${row.name} ${what} ${target}`) ?? new Map();
    const theirs = this.#rounds.get(`${row.name} ${baseWhat} ${base}`) ?? new Map();
    return [...mine].filter(([round]) => theirs.has(round)).map(([round, sample]) => value(sample) / value(theirs.get(round)));
  }
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'],
      { cwd: new URL('.', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

// load: of the minute before, which tells whether the machine had other work.
export function circumstances() {
  const cpus = os.cpus();
  return { date: new Date().toISOString().slice(0, 10), commit: commit(), kernel: os.release(), cpu: cpus[0].model,
    cores: cpus.length, memory_gb: Math.round(os.totalmem() / 1e9), load: Math.round(os.loadavg()[0] * 100) / 100 };
}
