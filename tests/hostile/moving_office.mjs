// An office whose sealed files move about in the cloud, and the questions that tests ask of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { Office, noise } from '../support/office.mjs';

export async function openMovingOffice(bin, options = {}) {
  const office = await Office.open({
    bin,
    ...options,
    protect: ['/Salassa/**'],
    config: (text) => `${text}\n[[policy.rule]]\nname = "strict"\npaths = ["/Tiukka/**"]\nlegacy_plain = "refuse"\n`,
  });
  await office.login();
  for (const name of ['Salassa', 'Yleinen', 'Tiukka']) await office.folder(name);
  const { id: drive } = (await office.graph('GET', '/me/drive')).json;
  const { cloud } = office;
  cloud.token = office.token;

  let seed = 100;
  async function upload(drivePath, bytes = noise(20_000, seed++)) {
    const reply = await office.put(drivePath, bytes);
    assert.ok(reply.status === 200 || reply.status === 201, `${drivePath}: ${reply.status} ${reply.bytes}`);
    return { ...reply.json, bytes };
  }
  const idOf = async (drivePath) => (await office.graph('GET', `/me/drive/root:${drivePath}`)).json?.id;
  const byId = (id, on = drive) => office.graph('GET', `/drives/${on}/items/${id}/content`);
  async function reads(id, bytes, on = drive) {
    const answer = await byId(id, on);
    assert.equal(answer.status, 200, `${answer.status} ${answer.bytes.subarray(0, 300)}`);
    assert.ok(answer.bytes.equals(bytes), 'other bytes');
  }
  async function refuses(id, code = 'kerrosNotAuthentic', status = 409) {
    const answer = await byId(id);
    assert.equal(answer.status, status, `${answer.bytes.subarray(0, 300)}`);
    assert.equal(answer.json.error.code, code);
    return answer;
  }
  function events(name) {
    const run = office.kerros('audit', 'tail', '-n', '1000', '--json');
    assert.equal(run.code, 0, run.err);
    return JSON.parse(run.out).filter((record) => record.event === name);
  }
  function records(id) {
    const run = office.kerros('item', 'show', id, '--json');
    assert.equal(run.code, 0, run.err);
    return JSON.parse(run.out);
  }
  // As a person does it: looks first, and names what was shown.
  function accept(id, ...flags) {
    if (flags.length === 0) {
      const looked = accept(id, '--dry-run');
      return looked.code === 0 ? accept(id, '--key', JSON.parse(looked.out).key) : looked;
    }
    return office.kerros('item', 'accept', drive, id, '--reason', 'told on the telephone', '--json', ...flags);
  }
  const versions = async (id) => (await office.graph('GET', `/drives/${drive}/items/${id}/versions`)).json.value;
  async function poll(monitor) {
    for (let i = 0; i < 10; i += 1) {
      const answer = await office.graph('GET', monitor);
      if (answer.status !== 202) return answer;
    }
    throw new Error('the monitor never ends');
  }
  const copy = (id, body, query = '') => office.graph('POST', `/drives/${drive}/items/${id}/copy${query}`, { body });
  const under = async (name, value, work) => {
    assert.equal((await cloud.control('POST', '/switches', { name, value })).status, 200);
    try { return await work(); } finally { await cloud.control('DELETE', '/switches'); }
  };
  async function tamper(id, how) {
    const reply = await cloud.control('POST', '/tamper', { drive, item: id, ...how });
    assert.equal(reply.status, 200, `${reply.bytes}`);
  }
  async function putStored(id, bytes) {
    await tamper(id, { op: 'truncate', size: 0 });
    await tamper(id, { op: 'append', bytes: bytes.toString('base64'), update_metadata: true });
  }
  const stored = async (name) => fs.readFileSync((await office.stored(name)).blob);
  return {
    office, cloud, drive, upload, idOf, byId, reads, refuses, events, records, accept, poll, copy, under, tamper,
    putStored, stored, versions,
  };
}
