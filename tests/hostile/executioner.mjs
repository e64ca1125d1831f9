// Kills the gateway at a chosen point: before its Nth system call of a kind, which spreads the
// points over its writes and sends (with strace, if it is there and may trace), or after a while.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

// The calls by which a gateway changes the world, how many of them one thread makes in a round, and
// how often each is chosen.
const kCalls = [['sendto', 80, 6], ['recvfrom', 60, 3], ['pwrite64', 14, 3], ['writev', 10, 2], ['fdatasync', 8, 2],
                ['write', 4, 1], ['connect', 3, 1]];
const kDraws = kCalls.flatMap(([call, most, weight]) => Array(weight).fill([call, most]));

const kNoticeMs = 20;  // until the death of a child is told

export const canTrace = spawnSync('strace', ['-e', 'inject=getpid:signal=KILL:when=1', 'true']).status === 0;

export class Executioner {
  byPoint = {};  // how often each kind of point struck

  constructor(below, traced = canTrace) {
    this.below = below;
    this.traced = traced;
  }

  // Armed before the work begins; a share of the rounds goes by the clock.
  async arm(office, duration) {
    if (!this.traced || this.below(8) === 0) return this.#byClock(office, duration);
    const [call, most] = kDraws[this.below(kDraws.length)];
    const nth = 1 + this.below(most);
    const strace = spawn('strace', ['-f', '-p', String(office.gateway.pid), '-o', '/dev/null', '-e', `trace=${call}`,
      '-e', `inject=${call}:signal=KILL:when=${nth}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => strace.on('exit', resolve));
    await new Promise((resolve) => {
      strace.stderr.on('data', (text) => { if (/attached/.test(text)) resolve(); });
      ended.then(resolve);
    });
    return { what: call, disarm: async () => { strace.kill('SIGKILL'); await ended; } };
  }

  async #byClock(office, duration) {
    const timer = setTimeout(() => office.gateway.kill('SIGKILL'), this.below(Math.ceil(duration)));
    return { what: 'clock', disarm: async () => clearTimeout(timer) };
  }

  // After the work: what struck, and the end of a gateway that nothing has struck.
  async finish(office, armed) {
    const struck = await Promise.race([office.gatewayEnded.then(() => true), delay(kNoticeMs, false)]);
    const what = struck ? armed.what : 'after the work';
    this.byPoint[what] = (this.byPoint[what] ?? 0) + 1;
    await armed.disarm();
    await office.killGateway();
    return struck;
  }
}
