// Microsoft's JavaScript client: node graph_sdk_test.mjs BIN_DIR [graph|proxy]
import assert from 'node:assert/strict';

import { loadSdk } from './graph_sdk.mjs';
import { playLibrary } from './library.mjs';

loadSdk();  // says what to run before anything is started
const [bin, door] = process.argv.slice(2);

function check(office) {
  const items = JSON.parse(office.kerros('item', 'list', '--json').out);
  const states = (name) => items.filter((item) => item.name === name).map((item) => item.state);
  assert.deepEqual(states('by-task.bin'), ['bound']);
  assert.deepEqual(states('wrong-size.txt'), ['suspect']);
  assert.deepEqual(states('wrong-hash.bin'), ['suspect']);
  const verified = office.kerros('audit', 'verify');
  assert.equal(verified.code, 0, verified.err);
}
await playLibrary({ bin, door, client: 'graph_sdk_client.mjs', check });
