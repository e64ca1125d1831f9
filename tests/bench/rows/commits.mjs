// Durable small writes: new keys of the key store with 32 clients waiting, beside PostgreSQL's
// single-row commits with as many. Operations a second on the same disk, each in its turn.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const kClients = 32;
const kPostgres = 'PostgreSQL 15';
const kKeys = 'key store, new keys';
const kUploads = 'key store, uploads (new key, then bound)';

// Both kinds come of one run of the program.
async function keyStore(stage, seconds) {
  const { stdout } = await run(stage.program('bench_keystore'), [stage.dir, String(seconds), String(kClients)]);
  const rate = (what) => Number(new RegExp(`^${what} +${kClients} threads +(\\d+)`, 'm').exec(stdout)[1]);
  return { [kKeys]: rate('put'), [kUploads]: rate('put and bind') / 2 };  // it counts both commits
}

export const commits = {
  name: 'commits',
  title: 'Durable commits: 32 clients',
  unit: 'rate',
  whats: ['commit'],
  targets: [kPostgres, kKeys, kUploads],
  base: (what) => [what, kPostgres],

  settings: ({ quick }) => ({ seconds: quick ? 2 : 5 }),

  async prepare(stage) {
    await stage.postgres();
    return {};
  },

  async measure(stage, { seconds }, seen, what, name, round) {
    if (name === kPostgres) return { rate: await (await stage.postgres()).commits(kClients, seconds) };
    if (seen.round !== round) Object.assign(seen, { round, rates: await keyStore(stage, seconds) });
    return { rate: seen.rates[name] };
  },
};
