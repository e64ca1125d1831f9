// Every use of a content key that the cloud ever saw. The same key at the same place of a file must
// have made the same bytes: a chunk's place decides its nonce, so anything else is a nonce used twice.
import assert from 'node:assert/strict';

const kKeyId = [48, 64];  // in the header of a sealed file
const kMagic = Buffer.from('\x8bKRS\r\n\x1a\n', 'latin1');

class Seen {
  bytes = Buffer.alloc(0);
  known = [];  // stretches [begin, end) of bytes that were seen

  compareAndKeep(at, part, who) {
    const end = at + part.length;
    if (end > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(2 * end - this.bytes.length)]);
    for (const [b, e] of this.known) {
      const from = Math.max(b, at);
      const to = Math.min(e, end);
      if (from < to) {
        assert.ok(this.bytes.subarray(from, to).equals(part.subarray(from - at, to - at)),
          `${who}: other bytes than before at ${from}-${to} under the same key and nonce`);
      }
    }
    part.copy(this.bytes, at);
    this.known.push([at, end]);
  }
}

export class KeyUses {
  compared = 0;       // bytes that came more than once
  #keys = new Map();  // key id -> Seen, of uploads that may still go on
  #past = new Set();  // key ids of uploads that are over
  #sessions = new Map();  // upload session -> key id

  get count() { return this.#past.size + this.#keys.size; }

  // One recorded request to the cloud.
  add({ target, range, pieces }) {
    const body = Buffer.concat(pieces);
    if (body.length === 0) return;
    const session = /guid='?(?:%27)?([0-9a-f-]{36})/.exec(target)?.[1];
    const at = range ? Number(/bytes (\d+)-/.exec(range)[1]) : 0;
    const key = this.#keyOf(body, at, session, target);
    if (key === undefined) return;  // not even the header came: nothing was used
    assert.ok(!this.#past.has(key), `${target}: the key of an upload that was over is used again`);
    if (!this.#keys.has(key)) this.#keys.set(key, new Seen());
    const seen = this.#keys.get(key);
    this.compared += seen.known.reduce((n, [b, e]) => n + Math.max(0, Math.min(e, at + body.length) - Math.max(b, at)), 0);
    seen.compareAndKeep(at, body, target);
  }

  // Uploads that are over may not use their keys again; `running` are the sessions that go on.
  settle(running) {
    const kept = new Set([...this.#sessions].filter(([session]) => running.has(session)).map(([, key]) => key));
    for (const key of this.#keys.keys()) {
      if (kept.has(key)) continue;
      this.#past.add(key);
      this.#keys.delete(key);
    }
  }

  #keyOf(body, at, session, target) {
    if (at > 0) {
      assert.ok(this.#sessions.has(session), `${target}: a fragment before its header`);
      return this.#sessions.get(session);
    }
    assert.ok(body.subarray(0, 8).equals(kMagic.subarray(0, Math.min(8, body.length))), `${target}: what was sent is not sealed`);
    if (body.length < kKeyId[1]) return undefined;
    const key = body.subarray(...kKeyId).toString('hex');
    if (session) {
      assert.ok((this.#sessions.get(session) ?? key) === key, `${target}: two keys in one session`);
      this.#sessions.set(session, key);
    }
    return key;
  }
}
