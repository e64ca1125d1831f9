// A program under measurement: started on one processor, and what it costs.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

// Processors of this machine: what is measured has the first one for itself, both ends of the
// measurement share the last one.
export function processors(count) {
  return { measured: 0, ends: Math.max(0, count - 1) };
}

const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });

// Starts `command` on processor `cpu`; its errors go into `log`.
export function start(command, args, { cpu, log, ...options }) {
  const errors = fs.openSync(log, 'a');
  const child = spawn('taskset', ['-c', String(cpu), command, ...args], { stdio: ['pipe', 'pipe', errors], ...options });
  fs.closeSync(errors);
  running.add(child);
  child.ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal);
    });
  });
  return child;
}

// The first line that `child` prints.
export async function firstLine(child, log) {
  const line = new Promise((resolve) => {
    let seen = '';
    child.stdout.on('data', (data) => {
      seen += data;
      if (seen.includes('\n')) resolve(seen.split('\n')[0]);
    });
  });
  const early = child.ended.then((code) => {
    throw new Error(`${child.spawnargs[3]} ended at once (${code}):\n${fs.readFileSync(log, 'utf8').slice(-2000)}`);
  });
  return Promise.race([line, early]);
}

export function stop(child, signal = 'SIGTERM') {
  child.kill(signal);
  return child.ended;
}

// Until somebody accepts connections there.
export async function listening(port, child) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended at once`);
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
  throw new Error(`nobody listens on port ${port}`);
}

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

const kibibytes = (pid, name) =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

// The largest resident sets since forgetPeak(), or of the processes' lives, in MiB.
export const peakMib = (pids) => pids.reduce((sum, pid) => sum + kibibytes(pid, 'VmHWM'), 0) / 1024;
export const residentMib = (pids) => pids.reduce((sum, pid) => sum + kibibytes(pid, 'VmRSS'), 0) / 1024;
export function forgetPeak(pids) {
  for (const pid of pids) fs.writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
