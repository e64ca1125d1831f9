// Addresses through a running gateway: hard names arrive upstream octet for octet, encoded forms of
// one path lead to one item, and what could be read in two ways arrives nowhere. The numbers are
// those of docs/graph-conformance.md.
//
//   node tests/hostile/addressing_test.mjs BIN_DIR
import assert from 'node:assert';

import { Office, noise } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const cases = new Cases();
const office = await Office.open({ bin: process.argv[2] });
const { cloud } = office;

async function seenWhile(run) {
  await cloud.control('DELETE', '/log');
  const answer = await run();
  return { answer, seen: (await cloud.control('GET', '/log')).json };
}

const root = '/me/drive/root';
const content = noise(1000, 7);

try {
  await office.login();
  await office.folder('Salassa');

  const names = ['a%23b%25c&d+e.bin', '%2B%2520.bin', "it's;a,b=c@d$e!(f).bin", '%F0%9F%98%80.bin',
    '%C3%B6.bin', 'o%CC%88.bin', '%D7%A9%D7%9C%D7%95%D7%9D.bin', `${'n'.repeat(200)}.bin`];
  for (const name of names) {
    await cases.check(`101: ${name.slice(0, 40)} arrives upstream as it was sent`, async () => {
      const target = `${root}:/Salassa/${name}:/content`;
      const { answer, seen } = await seenWhile(() => office.graph('PUT', target, { body: content }));
      assert.equal(answer.status, 201, String(answer.bytes));
      assert.ok(seen.some((entry) => entry.method === 'PUT' && entry.target === `/v1.0${target}`),
        JSON.stringify(seen.map((entry) => entry.target)));
      const got = await office.graph('GET', target);
      assert.ok(got.bytes.equals(content), `${got.status}`);
    });
  }

  await cases.check('102: encoded forms of a path lead to the same item', async () => {
    const made = await office.graph('PUT', `${root}:/Salassa/one.bin:/content`, { body: content });
    for (const form of [`${root}%3A%2FSalassa%2Fone.bin%3A/content`, `${root}:%2fSalassa%2fone.bin:/content`,
      '/me/drive/items/root%3A%2FSalassa%2Fone.bin%3A/content', `${root}:/Salassa/one.bin%3a/content`]) {
      const got = await office.graph('GET', form);
      assert.equal(got.status, 200, `${form}: ${got.bytes}`);
      assert.ok(got.bytes.equals(content), form);
    }
    for (const form of [`${root}:/Salassa/one.bin`, `${root}:/Salassa/one.bin:`, `${root}:/Salassa/one.bin:?$select=id`])
      assert.equal((await office.graph('GET', form)).json.id, made.json.id, form);
  });

  const ambiguous = ['/Salassa/../x', '/Salassa/%2e%2e/x', '/%2e/x', '/Salassa/%252e%252e/x', '//x', '/Salassa//x',
    '/Salassa%5Cx', '/x%00', '/%C0%AE%C0%AE/x', '/%E0%80%AF', '/%u0041', '/100%', '/x.', '/x%20', '/Salassa./x'];
  for (const path of ambiguous) {
    await cases.check(`103: ${path} is refused and nothing is forwarded`, async () => {
      const { answer, seen } = await seenWhile(() => office.graph('PUT', `${root}:${path}:/content`, { body: content }));
      assert.equal(answer.status, 400);
      assert.deepEqual(seen, []);
    });
  }

  await cases.check('105: a tunnelled PUT is sealed like a PUT', async () => {
    const target = `${root}:/Salassa/tunnel.bin:/content`;
    const made = await office.graph('POST', target, { body: content, headers: { 'X-HTTP-Method-Override': 'PUT' } });
    assert.equal(made.status, 201, String(made.bytes));
    assert.equal(made.json.size, content.length);
    assert.ok((await office.graph('GET', target)).bytes.equals(content));
  });

  await cases.check('105: two tunnelled verbs are refused and nothing is forwarded', async () => {
    const { answer, seen } = await seenWhile(() => office.graph('POST', `${root}:/Salassa/two.bin:/content`, {
      body: content, headers: { 'X-HTTP-Method-Override': 'PUT', 'X-HTTP-Method': 'PUT' } }));
    assert.equal(answer.status, 400);
    assert.deepEqual(seen, []);
  });

  await cases.check("106: children('name') with a doubled quote is sealed and opened", async () => {
    const folder = (await office.graph('GET', `${root}:/Salassa`)).json.id;
    const target = `/me/drive/items/${folder}/children('a''b.bin')/content`;
    assert.equal((await office.graph('PUT', target, { body: content })).status, 201);
    assert.ok((await office.graph('GET', target)).bytes.equals(content));
  });

  const channels = [['PUT', '/_api/v2.0/drives/x/items/1/content'],
    ['POST', "/sites/x/_api/web/GetFolderById('1')/Files/add(url='a')"], ['POST', '/_api/$batch'],
    ['POST', '/_vti_bin/client.svc/ProcessQuery'], ['POST', '/sites/x/Docs/_vti_bin/cellstorage.svc'],
    ['POST', '/personal/a/_api/SPFileSync/sync/1/item'], ['GET', '/_layouts/15/download.aspx?UniqueId=1']];
  for (const [method, path] of channels) {
    await cases.check(`109, 110: ${method} ${path} is refused at this door and nothing is forwarded`, async () => {
      const { answer, seen } = await seenWhile(() => office.graph(method, `https://localhost:${office.port}${path}`,
        { body: method === 'GET' ? undefined : content }));
      assert.equal(answer.status, 403);
      assert.match(answer.json.error.message, /SharePoint host/);
      assert.deepEqual(seen, []);
    });
  }

  await cases.check('111: a cancel that is two URLs in one is refused, not forwarded, not logged', async () => {
    const { answer, seen } = await seenWhile(() => office.graph('DELETE',
      'https://localhost/v1.0https://contoso.sharepoint.com/_api/v2.0/uploadSession?tempauth=salainen'));
    assert.equal(answer.status, 404);
    assert.deepEqual(seen, []);
    assert.ok(!office.gatewayLog().includes('salainen'));
  });
} finally {
  cases.end();
  await office.stop();
}
