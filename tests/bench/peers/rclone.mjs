// Debian's rclone as an encrypting gateway: `serve webdav` over crypt over the cloud's WebDAV.
//
// Vendor "owncloud", since rclone then streams uploads instead of writing each to a file first; names
// in clear, which spares it work; nothing cached on disk.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { freePort } from '../../support/office.mjs';
import { listening, start, stop } from './process.mjs';

export class Rclone {
  static async start({ dir, cpu, origin, originCa, certificate, key }) {
    const rclone = new Rclone();
    rclone.port = await freePort();
    fs.mkdirSync(dir);
    const config = path.join(dir, 'rclone.conf');
    const password = execFileSync('rclone', ['obscure', 'of a benchmark'], { encoding: 'utf8' }).trim();
    fs.writeFileSync(config, ['[cloud]', 'type = webdav', `url = https://${origin.replace('127.0.0.1', 'localhost')}/dav`,
      'vendor = owncloud', '[secret]', 'type = crypt', 'remote = cloud:', `password = ${password}`,
      'filename_encryption = off', 'directory_name_encryption = false', ''].join('\n'), { mode: 0o600 });
    const log = path.join(dir, 'stderr');
    rclone.child = start('rclone', ['serve', 'webdav', 'secret:', '--config', config, '--ca-cert', originCa,
      '--addr', `127.0.0.1:${rclone.port}`, '--cert', certificate, '--key', key, '--vfs-cache-mode', 'off',
      '--dir-cache-time', '24h', '--log-level', 'ERROR'], { cpu, log, env: { ...process.env, TMPDIR: dir } });
    await listening(rclone.port, rclone.child);
    return rclone;
  }

  get pids() { return [this.child.pid]; }
  stop() { return stop(this.child); }
}
