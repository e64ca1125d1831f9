// SharePoint REST at the tenant hosts: the same tree by its own calls.
import assert from 'node:assert/strict';
import { Office, home, host } from './office_calls.mjs';
import { file, text, trySurface } from './surface.mjs';

const docs = '/personal/aino_contoso_test/Documents';
const folder = (path) => `web/GetFolderByServerRelativeUrl('${docs}${path}')`;
const named = (path) => `web/GetFileByServerRelativePath(decodedUrl='${docs}${path}')`;

await trySurface({
  async 'a file is added, listed, read and replaced'(cloud) {
    const office = await Office.of(cloud);
    await file(cloud, 'R/old.txt', 'old');
    const added = (await office.rest('POST', `${folder('/R')}/Files/add(url='it''s.txt',overwrite=false)`, { body: 'one' })).json;
    assert.equal(added.Length, '3');
    assert.equal(added.ServerRelativeUrl, `${docs}/R/it's.txt`);
    await office.rest('POST', `${folder('/R')}/files/ADD(url='it''s.txt',overwrite=false)`, { body: 'two', status: 400 });
    await office.rest('POST', `${folder('/R')}/Files/AddUsingPath(DecodedUrl=@u,Overwrite=true)?@u='p.txt'`, { body: 'by path' });
    const names = (await office.rest('GET', `${folder('/R')}/Files?$select=Name,Length`)).json.value;
    assert.deepEqual(names.map((one) => [one.Name, one.Length]), [["it's.txt", '3'], ['old.txt', '3'], ['p.txt', '7']]);
    await office.rest('PUT', `${named('/R/p.txt')}/$value`, { body: 'by value' });
    assert.equal((await office.rest('GET', `${named('/R/p.txt')}/$value`)).bytes.toString(), 'by value');
    await office.rest('POST', `web/GetFileById('${added.UniqueId}')/$value`, { body: 'by id', headers: { 'x-http-method': 'PUT' } });
    assert.equal(await text(cloud, "/me/drive/root:/R/it's.txt:/content"), 'by id');
    assert.equal((await office.rest('GET', "web/lists/getbytitle('Documents')/RootFolder")).json.ServerRelativeUrl, docs);
  },
  async 'pieces follow one another at their offsets'(cloud) {
    const office = await Office.of(cloud);
    await file(cloud, 'R/big.bin', '');
    const id = "guid'0f8fad5b-d9cb-469f-a165-70867728950e'";
    const step = (call, status = 200, body = 'abcd') => office.rest('POST', `${named('/R/big.bin')}/${call}`, { body, status });
    await step(`continueUpload(uploadId=${id},fileOffset=0)`, 400);
    assert.equal((await step(`startUpload(uploadId=${id})`)).json.value, '4');
    await step(`startUpload(uploadId=${id})`, 400);
    await step(`continueUpload(uploadId=${id},fileOffset=8)`, 400);
    assert.equal((await step(`continueUpload(uploadId=${id},fileOffset=4)`)).json.value, '8');
    assert.equal((await step(`finishUpload(uploadId=${id},fileOffset=8)`)).json.Length, '12');
    assert.equal(await text(cloud, '/me/drive/root:/R/big.bin:/content'), 'abcdabcdabcd');
    await step(`startUpload(uploadId=${id})`);
    await step(`cancelUpload(uploadId=${id})`, 200, undefined);
    await step(`finishUpload(uploadId=${id},fileOffset=4)`, 400);
  },
  async 'answers have the shape that was asked for'(cloud) {
    const office = await Office.of(cloud);
    await file(cloud, 'R/s.txt', 'abc');
    const verbose = await office.rest('GET', named('/R/s.txt'), { headers: { accept: 'application/json;odata=verbose' } });
    assert.equal(verbose.json.d.Length, '3');
    const atom = await office.rest('GET', named('/R/s.txt'), { headers: { accept: '*/*' } });
    assert.match(atom.bytes.toString(), /<d:Length>3<\/d:Length>/);
    const gone = await office.rest('GET', named('/R/none.txt'), { status: 404 });
    assert.match(gone.json['odata.error'].code, /FileNotFound/);
  },
  async 'a digest is the right one, and needed where a password is all there is'(cloud) {
    const office = await Office.of(cloud);
    const { json } = await office.rest('POST', 'contextinfo');
    const add = `${folder('/R')}/Files/add(url='d.txt',overwrite=true)`;
    await office.rest('POST', add, { body: 'x', headers: { 'x-requestdigest': json.FormDigestValue } });
    await office.rest('POST', add, { body: 'x', headers: { 'x-requestdigest': 'made up' }, status: 403 });
    await office.rest('POST', add, { body: 'x', headers: office.basic, status: 403 });
    await office.rest('POST', add, { body: 'x', headers: { ...office.basic, 'x-requestdigest': json.FormDigestValue } });
    await office.rest('POST', add, { body: 'x', headers: { authorization: `Bearer ${cloud.token}` }, status: 401 });
  },
  async 'copies, moves and deletions are those of the drive'(cloud) {
    const office = await Office.of(cloud);
    await file(cloud, 'R/c.txt', 'c');
    await office.rest('POST', `${named('/R/c.txt')}/copyTo(strNewUrl='${docs}/R/c2.txt',bOverWrite=false)`);
    await office.rest('POST', `${named('/R/c.txt')}/moveTo(newUrl='${docs}/R/c2.txt',flags=0)`, { status: 409 });
    await office.rest('POST', `${named('/R/c.txt')}/moveTo(newUrl='${docs}/R/c3.txt',flags=1)`);
    assert.equal(await text(cloud, '/me/drive/root:/R/c2.txt:/content'), 'c');
    await office.rest('POST', named('/R/c3.txt'), { headers: { 'x-http-method': 'DELETE' } });
    assert.equal((await cloud.graph('GET', '/me/drive/root:/R/c3.txt')).status, 404);
  },
  async 'a program in XML is answered, and what it saves is kept'(cloud) {
    const office = await Office.of(cloud);
    const program = (what) => `<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009" SchemaVersion="15.0.0.0">${what}</Request>`;
    const run = (body) => office.ask('POST', `${home}/_vti_bin/client.svc/ProcessQuery`, { body, headers: { 'content-type': 'text/xml' } });
    assert.equal((await run(program('<Actions/>'))).json[0].ErrorInfo, null);
    assert.match((await run('<nothing/>')).json[0].ErrorInfo.ErrorTypeName, /InvalidClientQuery/);
    const bytes = Buffer.from('saved').toString('base64');
    await run(program(`<Parameter Type="String">${docs}/R/csom.txt</Parameter><Parameter Type="Base64Binary">${bytes}</Parameter>`));
    assert.equal(await text(cloud, '/me/drive/root:/R/csom.txt:/content'), 'saved');
  },
  async 'the other name of the door, and what is behind none'(cloud) {
    const office = await Office.of(cloud);
    assert.equal((await office.ask('GET', `${home}/_vti_bin/client.svc/${named('/R/s.txt')}`)).json.Length, '3');
    await office.rest('GET', 'web/unheard', { status: 400 });
    await office.rest('GET', `web/GetFolderByServerRelativeUrl('${docs}/../x')`, { status: 400 });
    await office.ask('GET', `https://${host}/personal/ville_contoso_test/_api/web/GetFileByServerRelativeUrl('/personal/ville_contoso_test/Documents/x')`, { status: 403 });
  },
});
