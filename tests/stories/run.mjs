// Plays one story: a session at the shell with its expected output.
//
//   node run.mjs STORY BIN_DIR
//
//   # a comment
//   $ command            run by sh in a directory of the story's own
//   > a line of stdout   in order, all of them
//   ! a line of stderr   likewise
//   = 3                  exit code, 0 when not said
//   @remember PATH       the files below PATH, by content
//   @unchanged PATH      they are still the same
//
// In expected lines {DIR} is the story's directory and {*} any text. Lock files are not compared:
// they only say who has a store open.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [story, binDir] = process.argv.slice(2);
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'kerros-story-')));
const remembered = new Map();

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().flatMap((name) => filesBelow(join(path, name)));
}

function digestOf(path) {
  const hash = createHash('sha256');
  for (const file of filesBelow(join(directory, path))) {
    if (file.endsWith('/lock') || file.endsWith('/lock.mdb')) continue;
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function pattern(line) {
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = line.replaceAll('{DIR}', directory).split('{*}').map(escaped);
  return new RegExp(`^${parts.join('.*')}$`);
}

function compare(what, expected, text, problems) {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  for (let i = 0; i < Math.max(lines.length, expected.length); i += 1) {
    if (i < lines.length && i < expected.length && pattern(expected[i]).test(lines[i])) continue;
    problems.push(`${what} line ${i + 1}\n    expected: ${expected[i] ?? '(nothing)'}`
      + `\n    got:      ${lines[i] ?? '(nothing)'}`);
    return;
  }
}

function play(step) {
  const problems = [];
  if (step.remember) {
    remembered.set(step.remember, digestOf(step.remember));
  } else if (step.unchanged) {
    if (digestOf(step.unchanged) !== remembered.get(step.unchanged)) {
      problems.push(`${step.unchanged} changed`);
    }
  } else {
    const env = { PATH: `${binDir}:${process.env.PATH}`, HOME: directory, LC_ALL: 'C.UTF-8',
      SOURCE_DIR: join(dirname(fileURLToPath(import.meta.url)), '../..') };
    const ran = spawnSync('sh', ['-c', step.command],
      { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    compare('stdout', step.out, ran.stdout, problems);
    compare('stderr', step.err, ran.stderr, problems);
    if (ran.status !== step.code) problems.push(`exit code ${ran.status}, expected ${step.code}`);
  }
  return problems;
}

function parse(text) {
  const steps = [];
  for (const [index, line] of text.split('\n').entries()) {
    const at = index + 1;
    const rest = line.slice(2);
    const last = steps[steps.length - 1];
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('$ ')) steps.push({ at, command: rest, out: [], err: [], code: 0 });
    else if (line.startsWith('@remember ')) steps.push({ at, remember: line.slice(10) });
    else if (line.startsWith('@unchanged ')) steps.push({ at, unchanged: line.slice(11) });
    else if (/^>( |$)/.test(line)) last.out.push(rest);
    else if (/^!( |$)/.test(line)) last.err.push(rest);
    else if (line.startsWith('= ')) last.code = Number(rest);
    else throw new Error(`${story}:${at}: not a line of a story: ${line}`);
  }
  if (steps.length === 0) throw new Error(`${story}: an empty story shows nothing`);
  return steps;
}

// Sessions lie outside the directory, on tmpfs; whoever made an installation removes them.
function removeSessions() {
  for (const file of filesBelow(directory).filter((name) => name.endsWith('/kerros.toml'))) {
    const named = /^sessions = "(\/[^"]*\/kerros-[0-9a-f]{32})"$/m.exec(readFileSync(file, 'utf8'));
    if (named) rmSync(named[1], { recursive: true, force: true });
  }
}

let failed = false;
try {
  for (const step of parse(readFileSync(story, 'utf8'))) {
    const problems = play(step);
    if (problems.length === 0) continue;
    failed = true;
    console.error(`${story}:${step.at}: ${step.command ?? ''}\n  ${problems.join('\n  ')}`);
    break;
  }
} finally {
  removeSessions();
  rmSync(directory, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
