// PostgreSQL 15 with a data directory of its own: what a durable single-row commit costs elsewhere.
//
// One table, an ordered key, a value as large as a record of the key store; every transaction is one
// INSERT, prepared, by 32 clients of pgbench. Durability as Debian ships it (fsync and synchronous
// commit on); write-ahead log and buffers large enough that no checkpoint falls into a round.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const kBin = '/usr/lib/postgresql/15/bin';
const kValueBytes = 720;

export class Postgres {
  static async start(dir) {
    if (!fs.existsSync(kBin)) throw new Error('PostgreSQL 15 is not installed: tools/setup --bench installs it');
    const postgres = new Postgres();
    postgres.dir = dir;
    fs.mkdirSync(dir);
    // It refuses to run as root: Debian's package made a user for it.
    postgres.as = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    if (postgres.as.length > 0) execFileSync('chown', ['postgres:', dir]);
    const data = path.join(dir, 'data');
    await postgres.call('initdb', '-D', data, '--no-locale', '-E', 'UTF8', '-A', 'trust', '-U', 'bench');
    const settings = { listen_addresses: '', unix_socket_directories: dir, shared_buffers: '256MB', max_wal_size: '8GB',
      checkpoint_timeout: '1h', wal_buffers: '16MB' };
    fs.appendFileSync(path.join(data, 'postgresql.conf'),
      Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`).join(''));
    await postgres.call('pg_ctl', '-D', data, '-s', '-w', '-l', path.join(dir, 'log'), 'start');
    postgres.data = data;
    await postgres.call('psql', '-h', dir, '-U', 'bench', '-d', 'postgres', '-q', '-c',
      'CREATE SEQUENCE ids; CREATE TABLE records (id bigint PRIMARY KEY, value bytea NOT NULL)');
    postgres.script = path.join(dir, 'insert.sql');
    fs.writeFileSync(postgres.script, "INSERT INTO records VALUES (nextval('ids'), :value);\n");
    return postgres;
  }

  call(program, ...args) {
    const [command, ...rest] = [...this.as, path.join(kBin, program), ...args];
    return run(command, rest, { cwd: this.dir, maxBuffer: 1 << 24 });
  }

  // Committed rows a second.
  async commits(clients, seconds) {
    const value = `\\x${'5a'.repeat(kValueBytes)}`;
    const { stdout } = await this.call('pgbench', '-h', this.dir, '-U', 'bench', '-n', '-M', 'prepared',
      '-c', String(clients), '-j', '2', '-T', String(seconds), '-D', `value=${value}`, '-f', this.script, 'postgres');
    return Number(/^tps = ([\d.]+)/m.exec(stdout)[1]);
  }

  stop() { return this.call('pg_ctl', '-D', this.data, '-s', '-m', 'immediate', 'stop'); }
}
