import { DemoProcess } from '../test/demo-process.ts'

/** A demo on a port of its own. It ends with the test. */
export function startDemo(
  ...flags: readonly string[]
): Promise<{ demo: DemoProcess; url: string }> {
  return DemoProcess.ready('--host', '127.0.0.1', ...flags)
}
