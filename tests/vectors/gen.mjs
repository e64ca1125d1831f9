#!/usr/bin/env node
// Writes the vectors of docs/format.md beside itself; `--check` compares instead of writing.
//
// Everything comes from fixed names, so two runs give the same bytes. Node 18 or later, nothing else.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Collection, encodeVector } from './gen/kit.mjs';
import { badBodyVectors } from './gen/bad_body.mjs';
import { badPrefixVectors } from './gen/bad_prefix.mjs';
import { goodVectors } from './gen/good.mjs';
import { keysJson } from './gen/keys.mjs';

const here = new URL('.', import.meta.url);

function makeAll() {
  const all = new Collection();
  goodVectors(all);
  badPrefixVectors(all);
  badBodyVectors(all);
  const files = new Map([['keys.json', keysJson()]]);
  for (const [name, vector] of all.vectors) files.set(`${name}.kv`, encodeVector(vector));
  return { files, vectors: all.vectors };
}

// Two vectors with the same verdict and the same changed field would test the same thing twice.
function findTwins(vectors) {
  const seen = new Map();
  const twins = [];
  for (const [name, { expect, field }] of vectors) {
    const key = `${expect}, ${field}`;
    if (seen.has(key)) twins.push(`${name} repeats ${seen.get(key)}: ${key}`);
    seen.set(key, name);
  }
  return twins;
}

const onDisk = () => readdirSync(here).filter((name) => name.endsWith('.kv') || name === 'keys.json');

function differences(files) {
  const stored = onDisk();
  const stale = stored.filter((name) => !files.has(name)).map((name) => `${name} is made by no scenario`);
  const changed = [...files].filter(([name]) => stored.includes(name))
    .filter(([name, bytes]) => !readFileSync(new URL(name, here)).equals(bytes))
    .map(([name]) => `${name} differs`);
  const missing = [...files.keys()].filter((name) => !stored.includes(name)).map((name) => `${name} is missing`);
  return [...stale, ...changed, ...missing];
}

function write(files) {
  for (const name of onDisk()) if (!files.has(name)) rmSync(new URL(name, here));
  for (const [name, bytes] of files) writeFileSync(new URL(name, here), bytes);
}

const { files, vectors } = makeAll();
const checking = process.argv[2] === '--check';
const problems = [...findTwins(vectors), ...(checking ? differences(files) : [])];
for (const problem of problems) console.error(`gen.mjs: ${problem}`);
if (problems.length > 0) process.exit(1);
if (!checking) write(files);
const size = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
console.log(`${vectors.size} vectors, ${size} bytes, ${checking ? 'as on disk' : 'written'}`);
