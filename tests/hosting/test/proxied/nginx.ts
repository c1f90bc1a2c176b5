import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configuration } from '../configuration.ts'
import { certificate } from './certificate.ts'
import type { ProxyKind } from './proxy.ts'

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

export const nginx: ProxyKind = {
  name: 'nginx',
  unavailable: 502,
  startedLine: 'start worker process',
  reloadSignal: 'SIGHUP',
  routeByToken: (ports) => ({
    'map $http_upgrade': [
      'map $arg_id $hub_server {',
      '    default wirebeat;',
      ...Object.keys(ports).map((name) => `    ~^${name}\\. ${name};`),
      '}',
      ...Object.entries(ports).map(
        ([name, port]) => `upstream ${name} { server 127.0.0.1:${port}; }`,
      ),
      'map $http_upgrade',
    ].join('\n'),
    'least_conn;': '',
    'proxy_pass http://wirebeat': 'proxy_pass http://$hub_server',
  }),
  async configure(folder, port, { servers, idleTimeout, reloadTimeout, changes }) {
    const main = await configuration('nginx/nginx.conf', {
      '/etc/nginx/conf.d/*.conf': 'conf.d/*.conf',
      ...(reloadTimeout && { '5m': reloadTimeout }),
    })
    const site = await configuration('nginx/wirebeat.conf', {
      ...changes,
      'listen 443': `listen 127.0.0.1:${port}`,
      '/etc/ssl/chat.example/cert.pem': certificate.cert,
      '/etc/ssl/chat.example/key.pem': certificate.key,
      'server 127.0.0.1:5000;': servers.map((server) => `server 127.0.0.1:${server};`).join('\n'),
      ...(idleTimeout && { 'proxy_read_timeout 60s': `proxy_read_timeout ${idleTimeout}` }),
    })
    const paths = TEMPORARY.map((name) => `${name}_temp_path ${name};`)
    await mkdir(join(folder, 'conf.d'), { recursive: true })
    await writeFile(join(folder, 'nginx.conf'), main)
    await writeFile(join(folder, 'conf.d/wirebeat.conf'), site)
    await writeFile(join(folder, 'conf.d/paths.conf'), ['access_log off;', ...paths].join('\n'))
  },
  command: (folder) => {
    const globals = 'daemon off; pid nginx.pid; error_log stderr notice;'
    return ['nginx', '-e', 'stderr', '-p', folder, '-c', 'nginx.conf', '-g', globals]
  },
}
