// The cloud fails in the middle of upload sessions: node session_faults_test.mjs BIN_DIR
// A client that repeats a fragment after a failure that may pass, and starts over when it is told
// that the session is gone, ends with the right file; nothing wrong is ever acknowledged.
import assert from 'node:assert/strict';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { expectFinal, expectProgress, Session } from './session.mjs';

const kMostTries = 6;
const kFragment = 700_000;
const kSize = 2_000_000;
const kUploadUrl = 'uploadSession\\?guid';
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');
const control = async (method, target, body) => {
  const reply = await office.cloud.control(method, target, body);
  assert.equal(reply.status, 200, `${reply.bytes}`);
  return reply.json;
};

// A patient client. What it met on the way: statuses other than the expected ones.
async function upload(drivePath, content) {
  const met = [];
  for (let attempt = 0; attempt < kMostTries; attempt += 1) {
    const session = await Session.open(office, drivePath);
    const done = await fragments(session, content, met);
    if (done) return { done, met, attempts: attempt + 1 };
  }
  assert.fail(`${drivePath}: never done, met ${met}`);
}

async function fragments(session, content, met) {
  for (let at = 0; at < content.length;) {
    const end = Math.min(content.length, at + kFragment);
    let reply;
    for (let tries = 0; tries < kMostTries; tries += 1) {
      reply = await session.put(content, at, end);
      if (reply.status < 300) break;
      met.push(reply.status);
      assert.ok(reply.json?.error?.code, `a failure without a Graph error: ${reply.status} ${reply.bytes}`);
      assert.doesNotMatch(reply.bytes.toString() + JSON.stringify(reply.headers), /tempauth|127\.0\.0\.1/);
      if (reply.status === 404 || reply.status === 409) {
        await session.cancel();
        return undefined;
      }
      assert.ok([423, 429].includes(reply.status) || reply.status >= 500, `${reply.status} ${reply.bytes}`);
      const status = await session.status();
      if (status.status === 200 && at > 0) expectProgress(status, at, content.length);
      if (status.status === 200 && at === 0) assert.match(status.json.nextExpectedRanges.join(), /^0-(\d+)?$/);
    }
    assert.ok(reply.status < 300, `never accepted, met ${met}`);
    if (end === content.length) return reply;
    expectProgress(reply, end, content.length);
    at = end;
  }
  return undefined;
}

let number = 0;
async function under(sentence, switches, expected = () => {}) {
  await cases.check(sentence, async () => {
    number += 1;
    const drivePath = `/Salassa/fault-${number}.bin`;
    const content = noise(kSize, number);
    for (const [name, value, match] of switches) await control('POST', '/switches', { name, value, match });
    let result;
    try {
      result = await upload(drivePath, content);
      const rules = await control('GET', '/switches');
      assert.ok(rules.every((rule) => rule.applied > 0), 'a switch was never applied');
    } finally {
      await control('DELETE', '/switches');
    }
    const read = await office.get(drivePath);
    assert.equal(read.status, 200);
    assert.ok(read.bytes.equals(content), 'acknowledged, and other bytes');
    const left = (await control('GET', '/state')).sessions.filter((session) => drivePath.endsWith(session.name));
    assert.deepEqual(left, [], 'a session is left open upstream');
    expected(result);
  });
}
const put = (nth, times = 1) => ({ method: 'PUT', path_regex: kUploadUrl, nth, times });
const created = (result) => expectFinal(result.done, kSize);

for (const nth of [1, 2, 3]) {
  await under(`half of fragment ${nth} kept by the cloud`, [['fragment.half', true, put(nth)]], created);
  await under(`the answer to fragment ${nth} lost`, [['fragment.lost_reply', true, put(nth)]],
    nth < 3 ? created : ({ done }) => assert.ok([200, 201].includes(done.status)));
  await under(`the session gone at fragment ${nth}`, [['session.vanish', true, put(nth)]],
    ({ met, attempts }) => { assert.deepEqual(met, [404]); assert.equal(attempts, 2); });
  await under(`503 at fragment ${nth} although it was taken`, [['5xx.effective', 503, put(nth)]],
    nth < 3 ? created : ({ done }) => assert.ok([200, 201].includes(done.status)));
  await under(`500 at fragment ${nth}`, [['fail', 500, put(nth)]], created);
  await under(`the connection cut at fragment ${nth}`, [['tls.close', { after: 0, reset: true }, put(nth)]],
    ({ done }) => assert.ok([200, 201].includes(done.status)));
}
await under('half of two fragments kept', [2, 3].map((nth) => ['fragment.half', true, put(nth)]), created);

// Waiting is the gateway's part: most clients give up at the first 429 or 503 on a fragment.
for (const status of [429, 503]) {
  for (const retry_after of [1, 'http-date', 0, null]) {
    await under(`${status} with Retry-After ${retry_after} is waited out unseen`, [['throttle', { status, retry_after }, put(2)]],
      (result) => { created(result); assert.deepEqual(result.met, []); });
  }
}
await under('throttled for long, a client is told and comes through in the end', [['throttle', { status: 429, retry_after: 1 }, put(2, 3)]], created);

for (const form of ['open', 'closed', 'several', 'absent', 'empty', 'unaligned']) {
  await under(`ranges of form ${form} after every fragment`, [['ranges.form', form, { path_regex: kUploadUrl }]], created);
  await under(`ranges of form ${form} when asked after a lost answer`,
    [['fragment.lost_reply', true, put(2)], ['ranges.form', form, { method: 'GET', path_regex: kUploadUrl, times: 1 }]]);
}
// The file is told whole, at once or after the client started over.
await under('the last answer empty', [['final.empty', true, put(1)]],
  ({ done }) => expectFinal(done, kSize, done.status === 200 ? 200 : 201));
await under('a name clash at the last fragment is told', [['commit.conflict', true, { times: 1 }]], ({ met }) => assert.deepEqual(met, [409]));
await under('a locked file at the last fragment', [['lock', true, { method: 'PUT', path_regex: kUploadUrl, times: 1 }]]);

await cases.check('a cloud that stores something else than was sent is told of, not acknowledged', async () => {
  for (const [file, value] of [['/Salassa/changed-at-once.docx', true]]) {
    await control('POST', '/switches', { name: 'enrich', value });
    const session = await Session.open(office, file);
    const reply = await session.put(noise(5000), 0, 5000);
    await control('DELETE', '/switches');
    assert.equal(reply.status, 409, `${reply.bytes}`);
    assert.equal(reply.json.error.code, 'kerrosStoredDiffers');
    const read = await office.get(file);
    assert.ok(read.status >= 400, 'a suspect file was delivered');
  }
});

await cases.check('the audit log has the outcome and verifies', () => {
  const records = JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out);
  assert.ok(records.some((record) => record.event === 'stored-differs'));
  assert.ok(records.some((record) => record.event === 'upload-done' && record.status === 'done'));
  assert.equal(office.kerros('audit', 'verify').code, 0);
});

cases.end();
await office.stop();
