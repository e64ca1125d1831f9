// Microsoft's JavaScript client at the Graph door: node graph_sdk_test.mjs BIN_DIR
//
// It runs in a process of its own (graph_sdk_client.mjs), because its fetch learns at start whom to
// trust. Here is the office around it, and what only the office can see afterwards.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Office } from '../support/office.mjs';
import { runTrusting } from '../support/trusting.mjs';
import { loadSdk } from './graph_sdk.mjs';

const bin = process.argv[2];
loadSdk();  // says what to run before anything is started

const office = await Office.open({ bin });
let failed = true;
try {
  const client = fileURLToPath(new URL('graph_sdk_client.mjs', import.meta.url));
  await runTrusting(client, path.join(office.home, 'tls', 'ca.pem'), {
    baseUrl: `https://localhost:${office.port}`,
    token: await office.login(),
    control: office.cloud.ready.control,
  });
  const log = office.gatewayLog();
  assert.ok(!log.includes(office.token), 'no token in the log');
  assert.ok(!/ (error|critical) /.test(log), `the gateway complained:\n${log}`);
  const items = JSON.parse(office.kerros('item', 'list', '--json').out);
  const states = (name) => items.filter((item) => item.name === name).map((item) => item.state);
  assert.deepEqual(states('by-task.bin'), ['bound']);
  assert.deepEqual(states('wrong-size.txt'), ['suspect']);
  assert.deepEqual(states('wrong-hash.bin'), ['suspect']);
  const verified = office.kerros('audit', 'verify');
  assert.equal(verified.code, 0, verified.err);
  failed = false;
} catch (error) {
  console.log(`${error.stack}\nThe gateway's last words:\n${office.gatewayLog().slice(-3000)}`);
  process.exitCode = 1;
} finally {
  await office.stop({ keep: failed });
  if (failed) console.log(`kept for a look: ${office.dir}`);
}
