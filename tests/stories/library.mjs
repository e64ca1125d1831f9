// Plays the cases of a client library in a process of its own, because its fetch learns at start whom
// to trust and whether there is a proxy. Around it is an office, and what only the office can see.
//
// door: 'graph', where the library is told another base URL; or 'proxy', where it is told nothing.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { runTrusting } from '../support/trusting.mjs';
import { inOffice, Workstation } from './workstation.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

function placeOf(office, door) {
  if (door === 'proxy') {
    const station = new Workstation(office);
    return { baseUrl: 'https://graph.microsoft.com', ca: station.trusted,
             options: { preload: script('through_proxy.mjs'), env: { HTTPS_PROXY: station.proxyUrl } } };
  }
  assert.equal(door, 'graph');
  return { baseUrl: `https://localhost:${office.port}`, ca: path.join(office.home, 'tls', 'ca.pem'), options: {} };
}

// What links of ours begin with: behind the proxy door some carry the name of a tenant's host.
const kRealHosts = ['graph.microsoft.com', 'contoso.sharepoint.com', 'contoso-my.sharepoint.com'];
const ownLinks = (door, baseUrl) => (door === 'graph' ? [`${baseUrl}/`] : kRealHosts.map((host) => `https://${host}/`));

export function playLibrary({ bin, door = 'graph', client, check = () => {} }) {
  return inOffice({ bin }, async (office) => {
    const { baseUrl, ca, options } = placeOf(office, door);
    const answer = await runTrusting(script(client), ca, {
      baseUrl, ownLinks: ownLinks(door, baseUrl), token: await office.login(), control: office.cloud.ready.control,
    }, options);
    assert.ok(answer.secrets.length > 5);
    for (const samples of answer.secrets) office.secretSamples(samples);
    const log = office.gatewayLog();
    assert.ok(!log.includes(office.token), 'no token in the log');
    assert.ok(log.includes('decision=seal'), 'it went through the gateway');
    await check(office);
  });
}
