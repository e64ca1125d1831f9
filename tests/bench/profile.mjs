// Where a process spends its time while something is measured: perf's samples of the CPU clock, which
// virtual machines have as well.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';

const kLines = 60;

export class Profile {
  // FILE.perf holds the samples, FILE.txt what they say.
  static async start(pids, file) {
    const profile = new Profile();
    profile.file = file;
    profile.child = spawn('perf', ['record', '-q', '-e', 'cpu-clock', '-F', '1999', '-p', pids.join(','), '-o', `${file}.perf`],
      { stdio: 'ignore' });
    profile.ended = new Promise((resolve, reject) => profile.child.on('exit', resolve).on('error', reject));
    while (!fs.existsSync(`${file}.perf`) && profile.child.exitCode === null)
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    return profile;
  }

  async stop() {
    this.child.kill('SIGINT');
    await this.ended;
    const text = execFileSync('perf', ['report', '-i', `${this.file}.perf`, '--stdio', '--no-children', '-s', 'dso,symbol'],
      { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = text.split('\n').filter((line) => /^ +\d/.test(line)).slice(0, kLines);
    fs.writeFileSync(`${this.file}.txt`, `${lines.map((line) => line.replace(/ +- +.*$/, '').slice(0, 160)).join('\n')}\n`);
  }
}
