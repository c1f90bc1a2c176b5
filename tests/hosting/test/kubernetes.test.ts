import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8')

const [deployment, service, budget] = parseAllDocuments(await read('kubernetes/chat.yaml')).map(
  (document) => document.toJS(),
)
const pod = deployment.spec.template
const [container] = pod.spec.containers
const program = await read('examples/server.js')

test('a pod has time for its preStop hook and the deadline of the program', () => {
  const deadline = Number(/deadline: ([\d_]+)/.exec(program)?.[1]?.replaceAll('_', ''))
  const wait = container.lifecycle.preStop.sleep.seconds * 1_000
  expect(deadline).toBeGreaterThan(0)
  expect(pod.spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(wait + deadline)
})

test('the probes ask what the program answers', () => {
  for (const { httpGet } of [container.readinessProbe, container.livenessProbe]) {
    expect(program).toContain(`'${httpGet.path}'`)
    expect(container.ports.map(({ name }: { name: string }) => name)).toContain(httpGet.port)
  }
  expect(container.readinessProbe.httpGet.path).not.toBe(container.livenessProbe.httpGet.path)
})

test('the port is that of the image, and all parts select the same pods', async () => {
  const dockerfile = await read('container/Dockerfile')
  expect(dockerfile).toContain(`EXPOSE ${container.ports[0].containerPort}\n`)
  const { labels } = pod.metadata
  expect(deployment.spec.selector.matchLabels).toEqual(labels)
  expect(service.spec.selector).toEqual(labels)
  expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name)
  expect(budget.spec.selector.matchLabels).toEqual(labels)
})
