import type { Registry } from 'prom-client'

/** What the text format of a registry holds: the types of its metrics, and its samples. */
export async function samplesOf(registry: Pick<Registry, 'metrics'>) {
  const types: Record<string, string> = {}
  const samples: Record<string, number> = {}
  for (const line of (await registry.metrics()).split('\n')) {
    const [, name, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? []
    if (name !== undefined && type !== undefined) types[name] = type
    const [, sample, value] = /^(\w.*) (\S+)$/.exec(line) ?? []
    if (sample !== undefined) samples[sample] = Number(value)
  }
  return { types, samples }
}
