/**
 * Checks that ws is the package. Bun puts a module of its own in its place, which has the same names, and no reader of
 * frames. It writes nothing to the socket that it is given, so that messages would be lost.
 *
 * @throws Error for any other module.
 */
export function checkEngine(ws: object): void {
  const { Receiver } = ws as { readonly Receiver?: { readonly prototype: object } }
  if (Receiver !== undefined && '_write' in Receiver.prototype) return
  const problem = '@wirebeat/adapter-ws needs the package ws, and Bun has put its own in its place.'
  throw new Error(`${problem} Use @wirebeat/adapter-bun, which serves the same endpoint.`)
}
