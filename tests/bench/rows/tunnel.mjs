// Bodies in a TLS connection that passes through unread: a tunnel of the proxy door beside nginx's
// stream module.
const kStream = 'nginx stream';
const kTunnel = 'tunnel';

async function targetOf(stage, name) {
  const common = { host: 'cloud.example', ca: stage.originCa };
  if (name === kStream) {
    const nginx = await stage.nginxStream();
    return { ...common, to: `127.0.0.1:${nginx.port}`, pids: () => nginx.pids };
  }
  const gateway = await stage.gateway('auto');
  return { ...common, through: gateway.proxy, pids: () => gateway.pids };
}

const content = (path) => `/v1.0/me/drive/root:/open/tunnel/${path}:/content`;

export const tunnel = {
  name: 'tunnel',
  title: 'Tunnels: one connection, bodies of {mib} MiB',
  unit: 'GB',
  whats: ['up', 'down'],
  targets: [kStream, kTunnel],
  base: (what) => [what, kStream],

  settings: ({ quick }) => (quick ? { mib: 100, bodies: 5 } : { mib: 200, bodies: 10 }),

  async prepare(stage, { mib }) {
    await stage.load(await targetOf(stage, kStream), { method: 'PUT', target: content('kept.bin'), count: 1, size: mib << 20 });
  },

  async measure(stage, { mib, bodies }, _, what, name, round) {
    const target = await targetOf(stage, name);
    const job = { count: bodies, size: mib << 20 };
    if (what === 'up') return stage.load(target, { ...job, method: 'PUT', target: content(`up-${round}-{n}.bin`) });
    return stage.load(target, { ...job, target: content('kept.bin') });
  },
};
