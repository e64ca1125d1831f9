// What processes cost, and what many samples of it say.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

// Seconds of CPU that all threads of these processes have had, to the nanosecond. The kernel's own
// work for their sockets is in it as far as it was done in their name.
export function cpuSeconds(pids) {
  let nanoseconds = 0;
  for (const pid of pids)
    for (const task of fs.readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(fs.readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  if (nanoseconds === 0) throw new Error('this kernel does not account run time in schedstat');
  return nanoseconds / 1e9;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// rounds: one object a round, {target: {up: {cpu, mbs}, down: {...}}}. Ratios are taken within a
// round, because what else the machine does changes from round to round.
export function summarize(rounds, targets, base) {
  return targets.flatMap((target) => ['up', 'down'].map((direction) => {
    const cpu = rounds.map((round) => round[target][direction].cpu);
    const ratio = rounds.map((round) => round[target][direction].cpu / round[base][direction].cpu);
    const round3 = (value) => Math.round(value * 1000) / 1000;
    return {
      target,
      direction,
      cpu_s_per_gb: round3(median(cpu)),
      min: round3(Math.min(...cpu)),
      max: round3(Math.max(...cpu)),
      ratio: round3(median(ratio)),
      mb_s: Math.round(median(rounds.map((round) => round[target][direction].mbs))),
    };
  }));
}

export function table(rows) {
  const lines = ['| target | direction | CPU-s/GB | min-max | ratio to nginx | MB/s |', '|---|---|---|---|---|---|'];
  for (const row of rows)
    lines.push(`| ${row.target} | ${row.direction} | ${row.cpu_s_per_gb.toFixed(3)} | `
      + `${row.min.toFixed(2)}-${row.max.toFixed(2)} | ${row.ratio.toFixed(2)} | ${row.mb_s} |`);
  return lines.join('\n');
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'],
      { cwd: new URL('.', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

export function circumstances() {
  const cpus = os.cpus();
  return { date: new Date().toISOString().slice(0, 10), commit: commit(), kernel: os.release(),
    cpu: cpus[0].model, cores: cpus.length, memory_gb: Math.round(os.totalmem() / 1e9) };
}
