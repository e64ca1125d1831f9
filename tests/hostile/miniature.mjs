// A gateway in miniature, for the tests of tests: upload sessions in memory, with answers that are lost
// now and then. `fault`, when there is one, is how this one is wrong.
import https from 'node:https';

import { randomFrom } from '../support/office.mjs';
import { identity, listen } from './proxy_office.mjs';

const answer = (status, json) => ({ status, json, headers: { 'content-type': 'application/json' }, bytes: Buffer.from(JSON.stringify(json ?? null)) });
const refused = (status, code, inner) => answer(status, { error: { code, innerError: { code: inner } } });

export class Miniature {
  files = new Map();
  #sessions = new Map();
  #below;

  static async open(seed, fault) {
    const gateway = new Miniature();
    const own = identity('localhost');
    // Takes no fragment: what a client says and then breaks off is said here.
    gateway.server = https.createServer(own, (request) => { request.on('error', () => {}); request.resume(); });
    gateway.server.on('clientError', (_, socket) => socket.destroy());
    gateway.port = await listen(gateway.server);
    gateway.ca = own.cert;
    gateway.fault = fault;
    gateway.#below = randomFrom(seed);
    return gateway;
  }

  close() { this.server.close(); this.server.closeAllConnections(); }

  async get(drivePath) {
    const bytes = this.files.get(drivePath);
    return bytes ? { status: 200, bytes } : { status: 404, bytes: Buffer.alloc(0) };
  }

  async graph(method, target, { body, headers = {} } = {}) {
    const path = /^\/me\/drive\/root:(.*):\/createUploadSession$/.exec(target)?.[1];
    if (path !== undefined) return this.#begin(decodeURIComponent(path));
    if (this.#below(20) === 0) return refused(503, 'serviceNotAvailable');
    const session = this.#sessions.get(target);
    const reply = session ? this.#serve(method, session, body, headers) : refused(404, 'itemNotFound');
    if (session?.isOver) this.#sessions.delete(target);
    if (this.#below(20) === 0) throw new Error('the answer is lost');
    return reply;
  }

  #begin(path) {
    const url = `https://localhost:${this.port}/kerros/upload/${this.#sessions.size}-${path}`;
    this.#sessions.set(url, { path, held: Buffer.alloc(0), total: 0, isOver: false });
    return answer(200, { uploadUrl: url });
  }

  #serve(method, session, body, headers) {
    if (method === 'PUT') return this.#fragment(session, body, headers['content-range']);
    if (method === 'GET') return this.fault === 'tells an offset that it did not reach' && session.held.length > 0
      ? this.#progress(session, session.held.length + 1) : this.#progress(session);
    session.isOver = true;
    if (this.fault === 'makes a file of what was cancelled') this.files.set(session.path, session.held);
    return answer(204);
  }

  #progress({ held, total }, next = held.length) {
    return answer(202, { nextExpectedRanges: [total === 0 ? '0-' : `${next}-${total - 1}`] });
  }

  #fragment(session, body, range) {
    const [, first, , total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range).map(Number);
    session.total = total;
    const end = first + body.length;
    const { held } = session;
    if (first > held.length) {
      if (this.fault !== 'fills a gap') return refused(416, 'invalidRange', 'fragmentOutOfOrder');
      return this.#take(session, Buffer.concat([held, Buffer.alloc(first - held.length), body]));
    }
    if (first === held.length) return this.#take(session, Buffer.concat([held, this.#spoilt(body)]));
    if (end > held.length) {
      if (this.fault !== 'takes what overlaps') return refused(416, 'invalidRange', 'fragmentOverlap');
      return this.#take(session, Buffer.concat([held.subarray(0, first), body]));
    }
    if (this.fault === 'appends a repetition') session.held = Buffer.concat([held, body]);
    if (held.subarray(first, end).equals(body) || this.fault === 'does not look at a repetition') return this.#progress(session);
    session.isOver = true;
    return refused(409, 'conflict');
  }

  #spoilt(body) {
    if (this.fault !== 'stores another octet') return body;
    const changed = Buffer.from(body);
    changed[changed.length - 1] ^= 1;
    return changed;
  }

  #take(session, held) {
    const before = session.held;
    session.held = held;
    if (held.length === session.total) {
      session.isOver = true;
      if (this.fault !== 'forgets a file that it acknowledged') this.files.set(session.path, held);
      return answer(201, { size: this.fault === 'tells another size' ? held.length + 528 : held.length });
    }
    const told = this.#progress(session);
    if (this.fault === 'loses a fragment that it acknowledged' && this.#below(4) === 0) session.held = before;
    return told;
  }
}

export const kFaults = ['loses a fragment that it acknowledged', 'stores another octet', 'forgets a file that it acknowledged',
  'makes a file of what was cancelled', 'does not look at a repetition', 'appends a repetition', 'fills a gap',
  'takes what overlaps', 'tells an offset that it did not reach', 'tells another size'];
