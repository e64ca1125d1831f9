// What the scripts of this room share: an office with one protected folder, and cases that are named
// by their number in catalogue.mjs. tools/gen-conformance reads the calls of shows() as text, so each
// begins a line, with its number and its sentence as literals.
import assert from 'node:assert/strict';
import tls from 'node:tls';

import { Office } from '../support/office.mjs';

export const sealedSize = (plain) => 512 + plain + 16 * (Math.floor(plain / 16384) + 1);

export class Conformance {
  #cases = [];

  static async open(options = {}) {
    const room = new Conformance();
    room.office = await Office.open({ bin: process.argv[2], ...options });
    await room.office.login();
    room.folder = await room.office.folder('Salassa');
    return room;
  }

  // One case of the catalogue: its number, what is shown of it, and how.
  shows = (number, sentence, run) => { this.#cases.push({ number, sentence, run }); };

  // The same for what does not hold yet, and why: it is played and seen to fail, so that the page of
  // all cases tells the truth and somebody notices when it begins to hold.
  fallsShort = (number, sentence, why, run) => { this.#cases.push({ number, sentence, why, run }); };

  // Plays the cases, or those whose numbers follow on the command line, a line each. Switches of the
  // cloud do not outlive their case.
  async play() {
    const chosen = process.argv.slice(3).map(Number);
    const list = this.#cases.filter(({ number }) => chosen.length === 0 || chosen.includes(number));
    let failed = 0;
    for (const { number, sentence, why, run } of list) {
      await this.office.cloud.control('DELETE', '/switches');
      try {
        await run();
        console.log(`${why ? 'holds' : 'ok   '} case ${number}: ${sentence}`);
      } catch (error) {
        if (why) {
          console.log(`short case ${number}: ${sentence} (${why})`);
          continue;
        }
        failed += 1;
        console.log(`FAIL  case ${number}: ${sentence}\n      ${String(error?.stack ?? error).replaceAll('\n', '\n      ')}`);
      }
    }
    console.log(`${list.length - failed} played, ${failed} failed`);
    if (failed > 0 || list.length === 0) process.exitCode = 1;
    await this.office.stop({ keep: failed > 0 });
    if (failed > 0) console.log(`kept for a look: ${this.office.dir}`);
  }

  async control(method, target, body) {
    const reply = await this.office.cloud.control(method, target, body);
    assert.ok(reply.status < 300, `${method} ${target}: ${reply.status} ${reply.bytes}`);
    return reply.json;
  }

  on = (name, value = true, match = { times: 1 }) => this.control('POST', '/switches', { name, value, match });
  state = () => this.control('GET', '/state');

  // Runs and answers what upstream received meanwhile.
  async upstreamDuring(run) {
    await this.control('DELETE', '/log');
    await run();
    return this.control('GET', '/log');
  }

  // A protected file; answers its item.
  async put(name, bytes, { query = '', headers } = {}) {
    const reply = await this.office.graph('PUT', `/me/drive/root:/Salassa/${encodeURIComponent(name)}:/content${query}`,
      { body: bytes, headers });
    assert.ok([200, 201].includes(reply.status), `${name}: ${reply.status} ${reply.bytes}`);
    return reply.json;
  }

  async item(name) {
    const reply = await this.office.graph('GET', `/me/drive/root:/Salassa/${encodeURIComponent(name)}`);
    assert.equal(reply.status, 200, `${name}: ${reply.bytes}`);
    return reply.json;
  }

  async expectStored(name, bytes) {
    const reply = await this.office.get(`/Salassa/${name}`);
    assert.equal(reply.status, 200, `${name}: ${reply.status} ${reply.bytes.subarray(0, 300)}`);
    assert.ok(reply.bytes.equals(bytes), `${name}: other bytes`);
    assert.equal((await this.office.stored(name)).size, sealedSize(bytes.length));
  }

  async expectNothing(name) {
    const now = await this.state();
    assert.ok(!now.items.some((item) => item.name === name), `${name} was committed`);
    assert.ok(!now.sessions.some((session) => session.name === name), `${name}: a session was left open upstream`);
  }

  records = () => JSON.parse(this.office.kerros('item', 'list', '--json').out);
  events = () => JSON.parse(this.office.kerros('audit', 'tail', '-n', '1000000', '--json').out);

  // Octets on a connection of their own, until it ends or `until` is seen; `then` is sent after that.
  raw(octets, { until = /\r\n\r\n/, then } = {}) {
    const { office } = this;
    return new Promise((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca });
      let seen = '';
      let rest = then;
      const done = (closed) => {
        socket.destroy();
        resolve({ text: seen, closed, status: Number(/^HTTP\/1\.1 (\d+)/.exec(seen)?.[1]) });
      };
      socket.setTimeout(20000, () => reject(new Error(`no end of the connection after ${JSON.stringify(seen)}`)));
      socket.on('data', (data) => {
        seen += data.toString('latin1');
        if (!until.test(seen)) return;
        if (rest === undefined) return done(false);
        socket.write(rest);
        rest = undefined;
      });
      socket.on('close', () => done(true));
      socket.on('error', (error) => (seen ? done(true) : reject(error)));
      socket.on('secureConnect', () => socket.write(octets));
    });
  }

  head(method, target, fields = []) {
    const { port, token } = this.office;
    return [`${method} ${target} HTTP/1.1`, `Host: localhost:${port}`, `Authorization: Bearer ${token}`, ...fields, '', ''].join('\r\n');
  }
}

// One refusal of ours or of the cloud: the status, and a Graph error that says so.
export function expectRefusal(reply, statuses, code) {
  assert.ok([statuses].flat().includes(reply.status), `${reply.status} ${reply.bytes}`);
  const seen = reply.json?.error?.code;
  assert.ok(seen, `no Graph error: ${reply.bytes}`);
  if (code) assert.equal(seen, code);
}

// What upstream's host or its secrets would look like in an answer.
export const kUpstreamTraces = /uploadSession\?|download\.aspx|tempauth|graph\.microsoft\.com\/v1\.0\/(me|drives|sites)/;
