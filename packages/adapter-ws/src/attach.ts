import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { Duplex } from 'node:stream'
import type { Endpoint } from '@wirebeat/core'
import { duplicateEndpoint, NOT_FOUND, type ServedEndpoint, serve } from '@wirebeat/core/adapter'
import { EndpointBinding } from './binding.ts'
import { refuseRequest, refuseUpgrade } from './refuse.ts'

/** Milliseconds that a peer whose path nobody knows may take to hang up. */
const PATIENCE = 5_000

/** The endpoints of each server. */
const hosts = new WeakMap<Server | SecureServer, EndpointHost>()

/**
 * Binds an endpoint to a server of `node:http` or `node:https`, whether it listens already or not. A
 * server can carry several endpoints, each with a path of its own. Requests for other paths, and the
 * server's other listeners, are left alone; an upgrade that nobody else listens for gets 404.
 *
 * @returns the server.
 * @throws Error when the server carries an endpoint with the same path already, TypeError for what is no
 * endpoint.
 */
export function attach<Host extends Server | SecureServer>(server: Host, endpoint: Endpoint): Host {
  const served = serve(endpoint)
  let host = hosts.get(server)
  if (host === undefined) {
    host = new EndpointHost(server)
    hosts.set(server, host)
  }
  host.add(served)
  return server
}

/**
 * Stands before the listeners of one server. It replaces the `emit` of that server, because no
 * listener of an emitter can keep an event from the others: a second answer to a request throws in
 * whoever gives it, and a listener that knows only its own path destroys the sockets of all others.
 */
class EndpointHost {
  readonly #server: Server | SecureServer
  readonly #bindings: EndpointBinding[] = []

  constructor(server: Server | SecureServer) {
    this.#server = server
    const emit: (event: string, ...args: unknown[]) => boolean = server.emit.bind(server)
    server.emit = (event: string, ...args: unknown[]) => {
      if (event === 'upgrade' && this.#takeUpgrade(args)) return true
      if (event === 'request' && this.#takeRequest(args)) return true
      return emit(event, ...args)
    }
    // Without a listener Node would not treat a request as an upgrade.
    server.on('upgrade', (_request, socket) => {
      if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, NOT_FOUND, PATIENCE)
    })
  }

  add(endpoint: ServedEndpoint): void {
    const { path } = endpoint.options
    if (this.#bindings.some((binding) => binding.path === path)) {
      throw duplicateEndpoint('server', path)
    }
    this.#bindings.push(new EndpointBinding(endpoint))
    // The one that takes every path comes last, whenever it was attached.
    this.#bindings.sort((a, b) => Number(a.path === undefined) - Number(b.path === undefined))
  }

  #takeUpgrade([request, socket, head]: readonly unknown[]): boolean {
    if (!(request instanceof IncomingMessage)) return false
    if (!(socket instanceof Duplex && head instanceof Buffer)) return false
    return this.#bindings.some((binding) => binding.upgrade(request, socket, head))
  }

  #takeRequest([request, response]: readonly unknown[]): boolean {
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) return false
    const hasRoutes = this.#server.listenerCount('request') > 0
    for (const binding of this.#bindings) {
      // An endpoint that takes every path must leave the server its pages.
      const isOurs = binding.path !== undefined || !hasRoutes
      if (isOurs && binding.answer(request, response)) return true
    }
    if (!hasRoutes) refuseRequest(response, NOT_FOUND)
    return !hasRoutes
  }
}
