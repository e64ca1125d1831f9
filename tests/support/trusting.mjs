// Runs a Node script that trusts one more certificate authority. Node's fetch takes such a one only
// from the environment at start, so a client that uses fetch needs a process of its own.
import { fork } from 'node:child_process';

// `message` is handed over by IPC, not by argv: it may hold a token. Resolves with what the script
// sent back last, rejects when it failed.
// preload: a module that is there before the script.
export function runTrusting(script, caFile, message, { args = [], env = {}, preload } = {}) {
  const child = fork(script, args, {
    // The listeners are on 127.0.0.1 only; Node 18 does not try a second address of `localhost`.
    execArgv: ['--dns-result-order=ipv4first', ...(preload === undefined ? [] : ['--import', preload])],
    env: { ...process.env, ...env, NODE_EXTRA_CA_CERTS: caFile },
    serialization: 'advanced',
  });
  let answer;
  child.on('message', (value) => { answer = value; });
  child.send(message);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(answer);
      else reject(new Error(`${script} ended with ${code ?? signal}`));
    });
  });
}

// The other end: what the script was given.
export function given() {
  return new Promise((resolve) => {
    process.once('message', (message) => resolve(message));
  });
}
