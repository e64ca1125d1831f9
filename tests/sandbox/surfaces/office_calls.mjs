// A caller of the tenant host's older interfaces.
import assert from 'node:assert/strict';

export const host = 'contoso-my.sharepoint.com';
export const home = `https://${host}/personal/aino_contoso_test`;

export class Office {
  static async of(cloud) {
    const office = new Office();
    office.cloud = cloud;
    const reply = await cloud.request('POST', 'https://login.microsoftonline.com/common/oauth2/v2.0/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=password&client_id=x&password=x&username=aino%40contoso.test&scope=https%3A%2F%2F${host}%2F.default`,
    });
    office.token = reply.json.access_token;
    office.basic = { authorization: `Basic ${Buffer.from('aino@contoso.test:any').toString('base64')}` };
    return office;
  }

  async ask(method, url, { body, headers = {}, status = 200 } = {}) {
    const reply = await this.cloud.request(method, url, { body,
      headers: { authorization: `Bearer ${this.token}`, accept: 'application/json;odata=nometadata', ...headers } });
    assert.equal(reply.status, status, `${method} ${url}: ${reply.status} ${reply.bytes}`);
    return reply;
  }

  rest(method, call, options) { return this.ask(method, `${home}/_api/${call}`, options); }
  dav(method, path, status, options) { return this.ask(method, `${home}/Documents${path}`, { status, ...options }); }
}
