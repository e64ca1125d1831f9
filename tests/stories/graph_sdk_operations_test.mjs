// More of Microsoft's client at the Graph door: node graph_sdk_operations_test.mjs BIN_DIR
//
// Changes, paging, searching, batches, copies, versions, and uploads that are resumed, cancelled or
// committed late; in a process of its own (graph_sdk_operations_client.mjs).
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Office } from '../support/office.mjs';
import { runTrusting } from '../support/trusting.mjs';
import { loadSdk } from './graph_sdk.mjs';

loadSdk();  // says what to run before anything is started

const office = await Office.open({ bin: process.argv[2] });
let failed = true;
try {
  const client = fileURLToPath(new URL('graph_sdk_operations_client.mjs', import.meta.url));
  const { secrets } = await runTrusting(client, path.join(office.home, 'tls', 'ca.pem'), {
    baseUrl: `https://localhost:${office.port}`,
    token: await office.login(),
    control: office.cloud.ready.control,
  });
  assert.ok(secrets.length > 5);
  for (const samples of secrets) office.secretSamples(samples);
  const log = office.gatewayLog();
  assert.ok(!log.includes(office.token), 'no token in the log');
  assert.ok(!/ (error|critical) /.test(log), `the gateway complained:\n${log}`);
  failed = false;
} catch (error) {
  console.log(`${error.stack}\nThe gateway's last words:\n${office.gatewayLog().slice(-3000)}`);
  process.exitCode = 1;
} finally {
  await office.stop({ keep: failed });
  if (failed) console.log(`kept for a look: ${office.dir}`);
}
