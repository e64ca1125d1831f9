// The cloud took an upload but its answer was lost: node lost_answer_test.mjs BIN_DIR
// The version is there and must open for everybody who asks, in whatever way and however many at once.
import assert from 'node:assert/strict';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';
import { judge, read, waysOf } from './reading.mjs';

const kSize = 70000;
const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
await office.login();
await office.folder('Salassa');

// A PUT that takes effect although the client is told of failure.
async function putLost(drivePath, bytes) {
  assert.equal((await office.cloud.control('POST', '/switches',
    { name: '5xx.effective', value: 504, match: { method: 'PUT', times: 1 } })).status, 200);
  const reply = await office.put(drivePath, bytes);
  await office.cloud.control('DELETE', '/switches');
  assert.ok(reply.status >= 500, `${reply.status}`);
}
const itemOf = async (drivePath) => (await office.graph('GET', `/me/drive/root:${drivePath}`)).json;

// Every first reading of a lost version, each on a file of its own: new, and in place of another.
for (const how of ['new', 'replaced with another size', 'replaced with the same size']) {
  for (let way = 0; way < 10; way += 1) {
    const drivePath = `/Salassa/${how.replaceAll(' ', '-')}-${way}.bin`;
    await cases.check(`a ${how} file reads right the first time by way ${way}, and then in every way`, async () => {
      if (how !== 'new') {
        const first = await office.put(drivePath, noise(how.includes('same') ? kSize : kSize - 20000, 1));
        assert.equal(first.status, 201);
      }
      const plain = noise(kSize, 2 + way);
      await putLost(drivePath, plain);
      const ways = waysOf(await itemOf(drivePath), drivePath, plain, office);
      const answer = await read(office, ways[way]);
      const outcome = judge(ways[way], answer, plain);
      assert.ok(['right', 'whole'].includes(outcome), `${ways[way].name}: ${answer.status} ${answer.bytes.subarray(0, 300)}`);
      const whole = await read(office, ways[0]);
      assert.equal(judge(ways[0], whole, plain), 'right', `${whole.status} ${whole.bytes.subarray(0, 300)}`);
      for (const each of waysOf(await itemOf(drivePath), drivePath, plain, office)) {
        assert.equal(judge(each, await read(office, each), plain), 'right', each.name);
      }
      assert.equal((await itemOf(drivePath)).size, kSize);
    });
  }
}

await cases.check('eight readers at once all read it right', async () => {
  for (let i = 0; i < 10; i += 1) {
    const plain = noise(kSize, 50 + i);
    await putLost(`/Salassa/crowd-${i}.bin`, plain);
    const answers = await Promise.all(Array.from({ length: 8 }, () => office.get(`/Salassa/crowd-${i}.bin`)));
    for (const answer of answers) {
      assert.equal(answer.status, 200, `${answer.status} ${answer.bytes.subarray(0, 300)}`);
      assert.ok(answer.bytes.equals(plain));
    }
  }
});

await cases.check('an adopted version is registered with its name, place and sizes', async () => {
  await putLost('/Salassa/named.bin', noise(kSize, 80));
  assert.equal((await office.get('/Salassa/named.bin')).status, 200);
  const deadline = Date.now() + 5000;
  for (;;) {
    const records = JSON.parse(office.kerros('item', 'list', '--json').out);
    const found = records.find((record) => record.name === 'named.bin');
    if (found) {
      assert.equal(found.state, 'bound');
      assert.equal(found.plain_size, kSize);
      break;
    }
    assert.ok(Date.now() < deadline, JSON.stringify(records.at(-1)));
  }
});

await cases.check('no reading of a lost version was reported as an attack', () => {
  const records = JSON.parse(office.kerros('audit', 'tail', '-n', '1000000', '--json').out);
  assert.deepEqual(records.filter((record) => record.event === 'not-authentic'), []);
});

cases.end();
await office.stop();
