// Quota, activities, subscriptions.
import assert from 'node:assert/strict';
import { file, get, json, trySurface } from './surface.mjs';

await trySurface({
  async 'the quota counts what is stored'(cloud) {
    await file(cloud, 'a.txt', '12345');
    await file(cloud, 'a.txt', '1234567');
    const { quota } = await get(cloud, '/me/drive');
    assert.equal(quota.used, 12);
    assert.equal(quota.remaining + quota.used + quota.deleted, quota.total);
  },
  async 'activities carry the item'(cloud) {
    const at = '/me/drive/root:/a.txt:';
    const { value } = await get(cloud, `${at}/activities`);
    assert.deepEqual(value.map((each) => Object.keys(each.action)[0]), ['create', 'edit']);
    assert.equal(value[0].driveItem.size, 7);
    assert.equal((await get(cloud, `${at}/analytics`)).allTime.edit.actionCount, 2);
    const stats = await get(cloud, `${at}/getActivitiesByInterval(startDateTime='2020-01-01',endDateTime='2030-01-01',interval='day')`);
    assert.equal(stats.value[0].activities[0].driveItem.name, 'a.txt');
  },
  async 'subscriptions are kept for who made them'(cloud) {
    const wanted = { changeType: 'updated', notificationUrl: 'https://client.example/hook', resource: '/me/drive/root',
      expirationDateTime: '2030-01-01T00:00:00Z', clientState: 's' };
    const made = await json(cloud, 'POST', '/subscriptions', wanted, 201);
    const at = `/subscriptions/${made.id}`;
    assert.equal((await get(cloud, at)).notificationUrl, wanted.notificationUrl);
    assert.equal((await get(cloud, '/subscriptions')).value.length, 1);
    await json(cloud, 'GET', at, undefined, 404, { token: cloud.ville });
    assert.equal((await json(cloud, 'PATCH', at, { expirationDateTime: '2031-01-01T00:00:00Z' })).expirationDateTime, '2031-01-01T00:00:00Z');
    await json(cloud, 'DELETE', at, undefined, 204);
    await json(cloud, 'GET', at, undefined, 404);
    await json(cloud, 'POST', '/subscriptions', { ...wanted, notificationUrl: 'http://plain' }, 400);
  },
  async 'a drive has a socket'(cloud) {
    const socket = await get(cloud, '/me/drive/root/subscriptions/socketIo');
    assert.match(socket.notificationUrl, /^https:\/\/.*\.svc\.ms\//);
  },
});
