// PnP's client for SharePoint behind the proxy door: node sp_test.mjs BIN_DIR
//
// It speaks SharePoint's own REST and reaches the tenant by its real name. What it would write to a
// protected folder is refused, and says why; elsewhere it works as it did without the gateway. The
// client is a process of its own (sp_client.mjs); here is what only the office can see.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { noise } from '../support/office.mjs';
import { runTrusting } from '../support/trusting.mjs';
import { loadSharePoint } from './sp.mjs';
import { inOffice, Workstation } from './workstation.mjs';

await loadSharePoint();  // says what to run before anything is started

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const host = 'contoso-my.sharepoint.com';
const canary = 'KANARIALINTU-sivusto-5b1f90e7';

// Other services give tokens of their own; this one is good at the tenant's host.
async function tenantToken(office) {
  const reply = await office.cloud.request('POST', 'https://login.microsoftonline.com/common/oauth2/v2.0/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=password&client_id=story&password=x&username=aino%40contoso.test&scope=${encodeURIComponent(`https://${host}/.default`)}`,
  });
  return reply.json.access_token;
}

await inOffice({ bin: process.argv[2] }, async (office) => {
  await office.login();
  for (const name of ['Salassa', 'Yleinen']) await office.folder(name);
  const plan = noise(40_000, 'sp plan');
  assert.equal((await office.put('/Salassa/plan.bin', plan)).status, 201);
  office.secret(Buffer.from(canary));
  const station = new Workstation(office);
  await runTrusting(script('sp_client.mjs'), station.trusted, {
    site: `https://${host}/personal/aino_contoso_test`, token: await tenantToken(office), canary,
  }, { preload: script('through_proxy.mjs'), env: { HTTPS_PROXY: station.proxyUrl } });
  assert.ok((await office.get('/Salassa/plan.bin')).bytes.equals(plan));
  const listed = (await office.graph('GET', '/me/drive/root:/Salassa:/children')).json.value;
  assert.deepEqual(listed.map(({ name }) => name), ['plan.bin']);
  const refused = JSON.parse(office.kerros('audit', 'tail', '-n', '1000', '--json').out)
    .filter(({ event }) => event === 'refused');
  assert.ok(refused.length >= 6, `${refused.length} refusals on record`);
});
