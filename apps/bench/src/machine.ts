import { arch, cpus, platform, release } from 'node:os'
import process from 'node:process'

/** One line on what the figures were measured with. */
export function describeMachine(): string {
  const processors = cpus()
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  return `${processors.length} × ${model}, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}`
}

/** CPU microseconds that all programs of this machine have used. */
export function usedByAll(): number {
  return cpus().reduce((sum, { times: { user, nice, sys } }) => sum + user + nice + sys, 0) * 1_000
}
