// Uploads that may be cut down at any moment, and what a client knows of each afterwards.
import assert from 'node:assert/strict';

import { noise } from '../support/office.mjs';

const kLargestFragment = 1_200_000;
const quiet = (promise) => promise.catch((error) => ({ status: 0, error }));
const isDone = (reply) => reply.status === 200 || reply.status === 201;

// One file by PUT. A name that is written again may hold any content since the last one acknowledged.
export class PutFile {
  candidates = [];  // contents that may be there; the last one acknowledged is the first
  acknowledged = false;

  constructor(name) { this.path = `/Salassa/${name}`; }

  async send(office, size, seed) {
    const bytes = noise(size, seed);
    this.candidates.push(bytes);
    const reply = await quiet(office.put(this.path, bytes));
    if (!isDone(reply)) {
      assert.ok(reply.status === 0 || reply.status >= 500, `${this.path}: ${reply.status} ${reply.bytes}`);
      return;
    }
    this.acknowledged = true;
    this.candidates = [bytes];
  }

  // Right bytes of one of the candidates; or nothing, when nothing was acknowledged. A part is asked
  // first: it must not matter whether the whole was read since.
  async verify(office) {
    if (this.candidates.length === 0) return 'never sent';
    const part = await office.get(this.path, { headers: { range: 'bytes=0-9' } });
    const whole = await office.get(this.path);
    if (whole.status === 404 && part.status === 404) {
      assert.ok(!this.acknowledged, `${this.path}: acknowledged and gone`);
      return 'absent';
    }
    assert.equal(whole.status, 200, `${this.path}: ${whole.status} ${whole.bytes.subarray(0, 300)}`);
    const found = this.candidates.find((bytes) => bytes.equals(whole.bytes));
    assert.ok(found, `${this.path}: bytes that were never sent`);
    // The whole is a lawful answer too: a version whose answer was lost is read whole once, and adopted.
    const expected = { 200: found, 206: found.subarray(0, 10) }[part.status];
    if (found.length > 0) assert.ok(expected, `${this.path}: the whole opens, a part does not: ${part.status} ${part.bytes.subarray(0, 300)}`);
    assert.ok(expected === undefined || expected.equals(part.bytes), `${this.path}: a part differs`);
    const was = this.acknowledged;
    this.acknowledged = true;
    this.candidates = [found];
    return was ? 'acknowledged' : 'adopted';
  }
}

// One file by an upload session, over as many lives of the gateway as it takes.
export class SessionFile {
  state = 'new';  // new, creating, running, lastSent, done, lost
  offset = 0;

  constructor(name, size, seed, below) {
    this.path = `/Salassa/${name}`;
    this.content = noise(size, seed);
    this.below = below;
    this.variants = new Set();  // what was sent for the fragment that is not acknowledged
    this.told = { 404: 0, 409: 0 };
    this.continued = 0;
  }

  get over() { return this.state === 'done' || this.state === 'lost'; }

  async create(office) {
    const again = this.state === 'creating';
    this.state = 'creating';
    const reply = await quiet(office.graph('POST', `/me/drive/root:${this.path}:/createUploadSession`,
      { body: { item: { '@microsoft.graph.conflictBehavior': 'replace' } } }));
    if (reply.status === 200) {
      this.url = reply.json.uploadUrl;
      this.offset = 0;
      this.length = 0;
      this.variants.clear();
      this.state = 'running';
    } else if (again && reply.status === 409) {
      this.state = 'lost';  // the cloud holds a session whose address died on its way here
    } else {
      assert.ok(reply.status === 0 || reply.status >= 500, `${this.path}: create ${reply.status} ${reply.bytes}`);
    }
  }

  // Sends what is left, fragment by fragment, until it is done or the gateway is.
  async go(office) {
    if (this.state === 'new' || this.state === 'creating') await this.create(office);
    while (this.state === 'running' || this.state === 'lastSent') {
      if (!await this.#fragment(office)) return;
    }
  }

  async #fragment(office) {
    const total = this.content.length;
    if (this.length === 0) this.length = Math.min(total - this.offset, 1 + this.below(kLargestFragment));
    const end = this.offset + this.length;
    const content = this.#content(end);
    this.variants.add(content);
    if (end === total) this.state = 'lastSent';
    const reply = await quiet(office.graph('PUT', this.url, { body: content.subarray(this.offset, end),
      headers: { 'content-range': `bytes ${this.offset}-${end - 1}/${total}` } }));
    return this.#answered(reply, content, end);
  }

  // A fragment that was cut is repeated as it was; sometimes the file changed in between.
  #content(end) {
    if (this.variants.size === 0 || end === this.content.length || this.below(3) > 0) return this.content;
    const changed = Buffer.from(this.content);
    changed[this.offset + this.below(this.length)] ^= 1;
    return changed;
  }

  #answered(reply, content, end) {
    if (reply.status === 0 || reply.status >= 500) return false;
    if (reply.status === 404 || (reply.status === 409 && this.variants.size > 1)) {
      // Told of failure: a new session makes the file, unless the last fragment had made it.
      this.told[reply.status] += 1;
      this.state = this.state === 'lastSent' ? 'unknown' : 'new';
      return false;
    }
    this.content = content;
    this.offset = end;
    this.length = 0;
    this.variants.clear();
    if (isDone(reply)) {
      assert.equal(reply.json.size, content.length);
      this.state = 'done';
      return false;
    }
    assert.equal(reply.status, 202, `${this.path}: ${reply.status} ${reply.bytes}`);
    assert.deepEqual(reply.json.nextExpectedRanges, [`${end}-${content.length - 1}`]);
    return true;
  }

  // After a restart, before going on: the status is what was acknowledged, or that and the fragment
  // whose answer was lost; half of the clients go on there, the others repeat.
  async #askStatus(office) {
    const reply = await office.graph('GET', this.url);
    if (reply.status === 404) {
      this.told[404] += 1;
      this.state = this.state === 'lastSent' ? 'unknown' : 'new';
      return;
    }
    assert.equal(reply.status, 200, `${this.path}: status ${reply.status} ${reply.bytes}`);
    const last = this.content.length - 1;
    const told = reply.json.nextExpectedRanges;
    const here = this.offset === 0 ? ['0-', `0-${last}`] : [`${this.offset}-${last}`];
    const there = `${this.offset + this.length}-${last}`;
    assert.ok(told.length === 1 && [...here, there].includes(told[0]),
      `${this.path}: ${told} where ${this.offset} was acknowledged and ${this.length} sent`);
    this.continued += 1;
    if (this.length > 0 && told[0] === there && this.variants.size === 1 && this.below(2) === 0) {
      this.offset += this.length;
      this.length = 0;
      this.variants.clear();
    }
  }

  async verify(office) {
    if (this.state === 'running' || this.state === 'lastSent') await this.#askStatus(office);
    if (this.state === 'unknown') {
      const whole = await office.get(this.path);
      this.state = whole.status === 404 ? 'new' : 'done';
    }
    if (this.state !== 'done') return this.state;
    const whole = await office.get(this.path);
    assert.equal(whole.status, 200, `${this.path}: ${whole.status} ${whole.bytes.subarray(0, 300)}`);
    assert.ok(whole.bytes.equals(this.content), `${this.path}: other bytes than acknowledged`);
    return 'done';
  }
}
