// An upload session as a client holds it.
import assert from 'node:assert/strict';

import { encodePath } from '../support/office.mjs';

export class Session {
  static async ask(office, drivePath, { behavior = 'replace', item = {}, headers, body } = {}) {
    return office.graph('POST', `/me/drive/root:${encodePath(drivePath)}:/createUploadSession`,
      { body: body ?? { item: { '@microsoft.graph.conflictBehavior': behavior, ...item } }, headers });
  }

  static async open(office, drivePath, options) {
    const reply = await Session.ask(office, drivePath, options);
    assert.equal(reply.status, 200, `${drivePath}: ${reply.status} ${reply.bytes}`);
    const session = new Session();
    session.office = office;
    session.path = drivePath;
    session.reply = reply;
    session.url = reply.json.uploadUrl;
    return session;
  }

  // Sends content[first, end); `headers` may say otherwise.
  put(content, first, end, { headers = {}, total = content.length } = {}) {
    return this.office.graph('PUT', this.url, { body: content.subarray(first, end),
      headers: { 'content-range': `bytes ${first}-${end - 1}/${total}`, ...headers } });
  }

  status() { return this.office.graph('GET', this.url); }
  cancel() { return this.office.graph('DELETE', this.url); }
}

// Rules that all clients together need: a 202 carries both keys and one closed range.
export function expectProgress(reply, next, total) {
  assert.ok([200, 202].includes(reply.status), `${reply.status} ${reply.bytes}`);
  assert.match(reply.headers['content-type'], /^application\/json/);
  assert.match(reply.json.expirationDateTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  assert.deepEqual(reply.json.nextExpectedRanges, [`${next}-${total - 1}`]);
}

export function expectFinal(reply, total, status = 201) {
  assert.equal(reply.status, status, `${reply.status} ${reply.bytes}`);
  assert.equal(reply.json.size, total);
  assert.ok(reply.json.id && reply.json.eTag && reply.json.file.hashes.quickXorHash);
  assert.ok(!('nextExpectedRanges' in reply.json));
  assert.doesNotMatch(reply.bytes.toString() + JSON.stringify(reply.headers), /tempauth/);
}

export function expectError(reply, status, code, inner) {
  assert.equal(reply.status, status, `${reply.status} ${reply.bytes}`);
  assert.equal(reply.json?.error.code, code, `${reply.bytes}`);
  if (inner) assert.equal(reply.json.error.innerError.code, inner);
}
