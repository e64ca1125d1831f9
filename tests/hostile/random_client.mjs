// A client of one upload session that does, from its own seed, what clients do and what they should
// not: fragments of any size, repeats, changed repeats, gaps, overlaps, cuts, silence.
import assert from 'node:assert/strict';
import https from 'node:https';

import { noise, randomFrom } from '../support/office.mjs';
import { expectError, Session } from './session.mjs';

const isFailure = (status) => [404, 409].includes(status);
const isForLater = (status) => status === 0 || status === 423 || status === 429 || status >= 500;
const quiet = (promise) => promise.catch(() => ({ status: 0, bytes: Buffer.alloc(0), headers: {} }));

export class RandomClient {
  // running; done: acknowledged; failed: told of it; unknown: told of it after the last byte left.
  state = 'running';
  offset = 0;      // acknowledged
  sent = 0;        // end of the fragment whose answer is not known; 0: none
  variants = new Set();
  last;            // [first, end) of the fragment acknowledged last
  did = {};

  constructor(office, number, seed) {
    this.office = office;
    this.below = randomFrom(seed);
    this.path = `/Salassa/random-${number}.bin`;
    this.content = noise(1 + this.below(2 ** (1 + this.below(21))), seed);
    this.largest = 1 + Math.floor(this.content.length / (1 + this.below(9)));
  }

  get over() { return this.state !== 'running'; }

  async begin() {
    this.session = await Session.open(this.office, this.path);
  }

  // One thing after another until it is over or the gateway is gone; then true: to be gone on with.
  async go() {
    for (let steps = 0; !this.over; steps += 1) {
      assert.ok(steps < 2000, `${this.path}: never ends`);
      const gone = await this.#step();
      if (gone) return true;
    }
    return false;
  }

  #note(what) { this.did[what] = (this.did[what] ?? 0) + 1; }

  async #step() {
    const total = this.content.length;
    const dice = this.below(20);
    if (this.sent > 0) return this.#fragment(this.sent);  // its answer is owed
    if (dice === 0 && this.last) return this.#repeat();
    if (dice === 1 && this.last && this.below(4) === 0) return this.#repeatChanged();
    if (dice === 2 && this.offset + 1 < total) return this.#gap();
    if (dice === 3 && this.offset > 1) return this.#overlap();
    if (dice <= 5) return this.#cut();
    if (dice === 6) return this.#status();
    if (dice === 7 && this.below(15) === 0) return this.#cancel();
    return this.#fragment(Math.min(total, this.offset + 1 + this.below(this.largest)));
  }

  // After a cut the same range comes again, now and then with other bytes in it.
  #version(end) {
    if (this.variants.size === 0 || end === this.content.length || this.below(4) > 0) return this.content;
    const changed = Buffer.from(this.content);
    changed[this.offset + this.below(end - this.offset)] ^= 1 + this.below(255);
    return changed;
  }

  async #fragment(end) {
    const content = this.#version(end);
    this.variants.add(content);
    this.sent = end;
    this.#note('fragment');
    const reply = await quiet(this.session.put(content, this.offset, end));
    if (isForLater(reply.status)) return reply.status === 0;
    if (isFailure(reply.status)) return this.#toldOfFailure(reply);
    this.#acknowledged(reply, content, end);
    return false;
  }

  #acknowledged(reply, content, end) {
    const total = content.length;
    assert.ok([200, 201, 202].includes(reply.status), `${this.path}: ${reply.status} ${reply.bytes}`);
    this.content = content;
    this.last = [this.offset, end];
    this.offset = end;
    this.sent = 0;
    this.variants.clear();
    if (reply.status === 202) {
      assert.ok(end < total, `${this.path}: 202 to the last fragment`);
      assert.deepEqual(reply.json.nextExpectedRanges, [`${end}-${total - 1}`]);
      return;
    }
    assert.equal(end, total, `${this.path}: an item before the end`);
    assert.equal(reply.json.size, total);
    this.state = 'done';
  }

  #toldOfFailure(reply) {
    this.#note(`told ${reply.status}`);
    this.state = this.sent === this.content.length ? 'unknown' : 'failed';
    return false;
  }

  async #repeat() {
    const [first, end] = this.last;
    this.#note('repeat');
    const reply = await quiet(this.session.put(this.content, first, end));
    if (isForLater(reply.status)) return reply.status === 0;
    if (isFailure(reply.status)) return this.#toldOfFailure(reply);  // upstream lost the session
    assert.equal(reply.status, 202, `${this.path}: a repeat was answered by ${reply.status} ${reply.bytes}`);
    assert.deepEqual(reply.json.nextExpectedRanges, [`${this.offset}-${this.content.length - 1}`]);
    return false;
  }

  async #repeatChanged() {
    const [first, end] = this.last;
    const changed = Buffer.from(this.content);
    changed[first + this.below(end - first)] ^= 1 + this.below(255);
    this.#note('changed repeat');
    const reply = await quiet(this.session.put(changed, first, end));
    if (isForLater(reply.status)) return reply.status === 0;
    assert.ok(isFailure(reply.status), `${this.path}: a changed repeat was answered by ${reply.status}`);
    return this.#toldOfFailure(reply);
  }

  async #gap() {
    this.#note('gap');
    const reply = await quiet(this.session.put(this.content, this.offset + 1, this.content.length));
    if (isForLater(reply.status)) return reply.status === 0;
    if (reply.status === 404) return this.#toldOfFailure(reply);
    expectError(reply, 416, 'invalidRange', 'fragmentOutOfOrder');
    return false;
  }

  async #overlap() {
    const first = 1 + this.below(this.offset - 1);
    if (first === this.last[0]) return false;
    this.#note('overlap');
    const reply = await quiet(this.session.put(this.content, first, Math.min(this.content.length, this.offset + 1)));
    if (isForLater(reply.status)) return reply.status === 0;
    if (reply.status === 404) return this.#toldOfFailure(reply);
    expectError(reply, 416, 'invalidRange', 'fragmentOverlap');
    return false;
  }

  // Part of a fragment, then silence; it is owed from then on.
  async #cut() {
    const end = Math.min(this.content.length, this.offset + 1 + this.below(this.largest));
    const part = this.content.subarray(this.offset, this.offset + this.below(end - this.offset));
    this.#note('cut');
    this.variants.add(this.content);
    this.sent = end;
    await new Promise((resolve) => {
      const request = https.request({ method: 'PUT', host: '127.0.0.1', servername: 'localhost', port: this.office.port, ca: this.office.ca,
        agent: false, path: this.session.url.replace(/^https:\/\/[^/]+/, ''),
        headers: { 'content-length': end - this.offset, 'content-range': `bytes ${this.offset}-${end - 1}/${this.content.length}` } });
      request.on('error', resolve);
      request.on('response', (response) => { response.resume(); resolve(); });
      request.write(part, () => request.destroy(new Error('cut')));
    });
    return false;
  }

  async #status() {
    this.#note('status');
    const reply = await quiet(this.session.status());
    if (isForLater(reply.status)) return reply.status === 0;
    if (reply.status === 404) return this.#toldOfFailure(reply);
    const told = reply.json.nextExpectedRanges;
    const last = this.content.length - 1;
    const allowed = this.offset === 0 ? ['0-', `0-${last}`] : [`${this.offset}-${last}`];
    assert.ok(told.length === 1 && allowed.includes(told[0]), `${this.path}: ${told}, acknowledged ${this.offset}`);
    return false;
  }

  async #cancel() {
    this.#note('cancel');
    const reply = await quiet(this.session.cancel());
    if (reply.status === 204 || reply.status === 404) this.state = 'failed';
    return reply.status === 0;
  }

  async verify() {
    const whole = await this.office.get(this.path);
    if (this.state === 'done') assert.equal(whole.status, 200, `${this.path}: acknowledged, then ${whole.status}`);
    if (this.state === 'failed') assert.equal(whole.status, 404, `${this.path}: told of failure, then ${whole.status}`);
    assert.ok([200, 404].includes(whole.status), `${this.path}: ${whole.status} ${whole.bytes.subarray(0, 200)}`);
    if (whole.status === 200) {
      const sent = [this.content, ...this.variants];
      assert.ok(sent.some((content) => whole.bytes.equals(content)), `${this.path}: other bytes`);
    }
  }
}
