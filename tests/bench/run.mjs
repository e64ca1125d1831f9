// The benchmarks: rows of measurements, in interleaved rounds of one run.
//
//   node run.mjs BIN_DIR [--quick] [--slow] [--only ROW,...] [--rounds N] [--svg FILE] [--json FILE] [--perf DIR]
//
// Every round visits every row and, within it, every target, beginning with another one each time; the
// first round warms up and is dropped. Prints a table for each row, the bounds, and a summary as JSON.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { circumstances, Samples } from './figures.mjs';
import { goalsOf } from './goals.mjs';
import { pictureOf } from './picture.mjs';
import { goalTable, linesOf, memoryTable, summary, tableOf } from './report.mjs';
import { bulk } from './rows/bulk.mjs';
import { commits } from './rows/commits.mjs';
import { connections } from './rows/connections.mjs';
import { listing } from './rows/listing.mjs';
import { memory } from './rows/memory.mjs';
import { ranges } from './rows/ranges.mjs';
import { records } from './rows/records.mjs';
import { sizes } from './rows/sizes.mjs';
import { small } from './rows/small.mjs';
import { tunnel } from './rows/tunnel.mjs';
import { Stage } from './stage.mjs';
import { kSealed } from './targets.mjs';

const kUsual = [bulk, small, ranges, listing, tunnel, commits, memory];
const kSlow = [connections, sizes, records];
const all = [...kUsual, ...kSlow];

function usage(problem) {
  console.error(`${problem}\nusage: node run.mjs BIN_DIR [--quick] [--slow] [--only ROW,...] [--rounds N] [--svg FILE] [--json FILE] [--perf DIR]\n`
    + `rows: ${all.map(({ name }) => name).join(' ')}; --slow runs ${kSlow.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, slow: { type: 'boolean', default: false }, only: { type: 'string' },
      rounds: { type: 'string' }, svg: { type: 'string' }, json: { type: 'string' }, perf: { type: 'string' } },
  });
  const names = values.only?.split(',') ?? (values.slow ? kSlow : kUsual).map(({ name }) => name);
  const rows = names.map((name) => all.find((row) => row.name === name) ?? usage(`no row is called ${name}`));
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
  if (positionals.length !== 1) usage('one directory of programs is wanted');
  if (!(rounds >= 2)) usage('two rounds at least: the first is dropped');
  return { ...values, bin: positionals[0], rows, rounds };
}

const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

// Each time another target begins: none always follows the same neighbour.
const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);

async function playRound(stage, { row, settings, prepared }, round, keep) {
  for (const what of row.whats)
    for (const name of rotated(row.targets, round)) {
      const sample = await row.measure(stage, settings, prepared, what, name, round);
      if (sample !== undefined) keep(what, name, sample);
    }
}

// One round more, whose figures nobody keeps: sampling costs time as well.
async function playProfiles(stage, prepared, dir) {
  fs.mkdirSync(dir, { recursive: true });
  for (const one of prepared.filter(({ row }) => row.unit !== 'rate'))
    for (const what of one.row.whats)
      for (const name of one.row.targets.filter((target) => target === kSealed[0])) {
        stage.profileInto = path.join(dir, `${one.row.name} ${what}`.replace(/[^a-zA-Z0-9]+/g, '-'));
        await one.row.measure(stage, one.settings, one.prepared, what, name, 'profile');
      }
  stage.profileInto = undefined;
}

async function play(stage, { rows, rounds, quick, perf }) {
  const prepared = [];
  for (const row of rows.filter((one) => one.measure)) {
    say(`preparing ${row.name}`);
    const settings = row.settings({ quick });
    prepared.push({ row, settings, prepared: await row.prepare(stage, settings) });
  }
  const samples = new Samples();
  for (let round = 0; round < rounds; round += 1)
    for (const one of prepared) {
      say(`round ${round + 1} of ${rounds}${round === 0 ? ' (dropped)' : ''}: ${one.row.name}`);
      await playRound(stage, one, round, (what, name, sample) => round > 0 && samples.add(one.row, what, name, round, sample));
    }
  if (perf) await playProfiles(stage, prepared, perf);
  if (!rows.includes(memory)) return { prepared, samples };
  say('memory');
  return { prepared, samples, held: await memory.play(stage, memory.settings({ quick })) };
}

const wanted = options();
const about = { benchmark: 'kerros', ...circumstances(), rounds: wanted.rounds, quick: wanted.quick };
if (about.load > 0.5) say(`this machine has other work (load ${about.load}): ratios will be less certain`);
const stage = await Stage.open(wanted.bin);
let done;
try {
  done = await play(stage, wanted);
} finally {
  await stage.close();
}
const lines = new Map(done.prepared.map(({ row }) => [row.name, linesOf(row, done.samples)]));
for (const { row, settings } of done.prepared) console.log(tableOf(row, settings, lines.get(row.name)));
if (done.held) console.log(memoryTable(memory.title, done.held));
const goals = goalsOf(wanted.rows, done.samples, done.held);
console.log(goalTable(goals));
const text = summary({ about, lines, memory: done.held, goals });
if (wanted.json) fs.writeFileSync(wanted.json, `${text}\n`);
if (wanted.svg) fs.writeFileSync(wanted.svg, pictureOf(lines, about));
console.log(text);
