import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configuration } from '../configuration.ts'
import { certificateAndKey } from './certificate.ts'
import type { ProxyKind } from './proxy.ts'

export const haproxy: ProxyKind = {
  name: 'HAProxy',
  unavailable: 503,
  startedLine: 'Loading success',
  reloadSignal: 'SIGUSR2',
  routeByToken: (ports) => ({
    '    default_backend wirebeat': [
      ...Object.keys(ports).map(
        (name) => `    use_backend ${name} if { urlp(id) -m beg ${name}. }`,
      ),
      '    default_backend wirebeat',
      ...Object.entries(ports).map(
        ([name, port]) => `\nbackend ${name}\n    server ${name} 127.0.0.1:${port}`,
      ),
    ].join('\n'),
    'balance leastconn': 'balance roundrobin',
  }),
  async configure(folder, port, { servers, idleTimeout, reloadTimeout, changes }) {
    const pem = join(folder, 'cert-and-key.pem')
    const text = await configuration('haproxy/haproxy.cfg', {
      ...changes,
      'bind :443': `bind 127.0.0.1:${port}`,
      '/etc/ssl/chat.example/cert-and-key.pem': pem,
      'server one 127.0.0.1:5000': servers
        .map((server, index) => `server s${index} 127.0.0.1:${server}`)
        .join('\n    '),
      ...(idleTimeout && { 'timeout tunnel 60s': `timeout tunnel ${idleTimeout}` }),
      ...(reloadTimeout && { '5m': reloadTimeout }),
    })
    await writeFile(pem, await certificateAndKey(), { mode: 0o600 })
    await writeFile(join(folder, 'haproxy.cfg'), text)
  },
  command: (folder) => ['haproxy', '-W', '-f', join(folder, 'haproxy.cfg')],
}
