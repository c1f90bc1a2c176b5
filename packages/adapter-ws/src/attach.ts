import { IncomingMessage, ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import type { Endpoint } from '@wirebeat/core'
import {
  AttachedEndpoints,
  asksForWebSocket,
  checkHost,
  NOT_FOUND,
  type ReceivedRequest,
  type ServedEndpoint,
  serve,
} from '@wirebeat/core/adapter'
import * as ws from 'ws'
import { EndpointBinding } from './binding.ts'
import { missing } from './capabilities.ts'
import { checkEngine } from './check-engine.ts'
import { isHttp2Stream, requestOfStream } from './http2-stream.ts'
import type { NodeServer } from './node-server.ts'
import { forgetPeerName } from './peer-address.ts'
import { receivedRequest } from './received-request.ts'
import { refuseRequest, refuseStream, refuseUpgrade } from './refuse.ts'
import { serveAsRequest } from './serve-as-request.ts'

/** The endpoints of each server. */
const hosts = new WeakMap<NodeServer, EndpointHost>()

/**
 * Binds an endpoint to a server of `node:http`, `node:https` or `node:http2`, before or after it listens. One of
 * `node:http2` takes WebSockets over HTTP/1.1 with `allowHTTP1`, and over HTTP/2 with the setting
 * `enableConnectProtocol`. A server can have several endpoints with
 * different paths. An endpoint takes the place of a closed one with the same path. Requests for other paths go to
 * the server's own listeners. A WebSocket without a listener is refused with 404, and an upgrade to anything
 * else is served as the request that it is.
 *
 * @returns the server.
 * @throws Error when the server already has an endpoint with the same path that is not closed, and on Bun, which has
 * a `ws` of its own. OptionError for an option of the endpoint that cannot be honoured on this runtime. TypeError
 * for anything else than a server and an endpoint; the message has the line of code that is right.
 */
export function attach<Host extends NodeServer>(server: Host, endpoint: Endpoint): Host {
  checkEngine(ws)
  checkHost('node', server)
  const served = serve(endpoint, missing)
  let host = hosts.get(server)
  if (host === undefined) {
    host = new EndpointHost(server)
    hosts.set(server, host)
  }
  host.add(served)
  return server
}

/** The endpoints that a server carries. */
export function endpointsOf(server: NodeServer): readonly ServedEndpoint[] {
  return hosts.get(server)?.endpoints ?? []
}

/** Has a function told of the stream of each WebSocket that an endpoint of the server takes. */
export function tellTaken(server: NodeServer, tell: (stream: Duplex) => void): void {
  const host = hosts.get(server)
  if (host !== undefined) host.tellTaken = tell
}

/**
 * Handles the requests of one server before its listeners do. It replaces the `emit` of the server, because a
 * listener cannot keep an event from the other listeners: these would answer a request a second time, which
 * throws, or destroy sockets of paths that they do not know.
 */
class EndpointHost {
  readonly #server: NodeServer
  readonly #bindings = new AttachedEndpoints<EndpointBinding>('server')
  tellTaken: ((stream: Duplex) => void) | undefined
  /** Sockets whose request was refused. Node still tells what came behind it in the same packet. */
  readonly #refused = new WeakSet<Duplex>()
  /** The last response of each socket. */
  readonly #responses = new WeakMap<Duplex, ServerResponse>()
  /** The upgrade that is being told through `emit`. */
  #told: unknown

  constructor(server: NodeServer) {
    this.#server = server
    const emit: (event: string, ...args: unknown[]) => boolean = server.emit.bind(server)
    server.emit = (event: string, ...args: unknown[]) => {
      if (this.#take(event, args)) return true
      return emit(event, ...args)
    }
    // Node treats a request as an upgrade only when there is a listener.
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Fastify listens on each address of a name, and hands over upgrades through the `emit` that there was then.
      if (request !== this.#told && this.#takeUpgrade([request, socket, head])) return
      if (server.listenerCount('upgrade') === 1) this.#refuseUnknown(request, socket)
    })
  }

  get endpoints(): readonly ServedEndpoint[] {
    return this.#bindings.all.map(({ endpoint }) => endpoint)
  }

  add(endpoint: ServedEndpoint): void {
    this.#bindings.add(new EndpointBinding(endpoint, (stream) => this.tellTaken?.(stream)))
  }

  /** Whether what the server is about to tell its listeners is for an endpoint alone. */
  #take(event: string, args: readonly unknown[]): boolean {
    switch (event) {
      case 'upgrade':
        this.#told = args[0]
        return this.#awaitTurn(args) || this.#takeUpgrade(args)
      case 'request':
        this.#noteResponse(args)
        return this.#takeRequest(args, false)
      // Told in place of the other for a request with Expect, where somebody listens for it.
      case 'checkContinue':
        this.#noteResponse(args)
        return this.#takeRequest(args, true)
      case 'checkExpectation':
        this.#noteResponse(args)
        return false
      case 'stream':
        return this.#takeStream(args)
      default:
        return false
    }
  }

  #listensFor(event: string): boolean {
    return this.#server.listenerCount(event) > 0
  }

  /** The request is for no endpoint, so the first one counts its client. */
  #refuseUnknown(request: IncomingMessage, socket: Duplex): void {
    const [first] = this.endpoints
    if (first !== undefined) refuseUpgrade(request, socket, NOT_FOUND, (end) => first.linger(end))
  }

  #noteResponse([request, response]: readonly unknown[]): void {
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) return
    this.#responses.set(request.socket, response)
  }

  /**
   * Has an upgrade that came behind requests wait until these are answered (RFC 9112, section 9.3.2). Node
   * tells of it before, and the answers would be written into the WebSocket.
   */
  #awaitTurn([request, socket, head]: readonly unknown[]): boolean {
    if (!(request instanceof IncomingMessage && socket instanceof Duplex)) return false
    const response = this.#responses.get(socket)
    if (response === undefined || hasLetGo(response)) return false
    // Node has taken its own listener off.
    socket.on('error', () => socket.destroy())
    response.once('close', () => {
      // The answer may have ended the connection.
      if (socket.writable) this.#server.emit('upgrade', request, socket, head)
    })
    return true
  }

  #takeUpgrade([request, socket, head]: readonly unknown[]): boolean {
    if (!(request instanceof IncomingMessage)) return false
    if (!(socket instanceof Duplex && head instanceof Buffer)) return false
    if (this.#refused.has(socket)) {
      // The refusal goes out, and then the socket ends.
      socket.on('error', () => socket.destroy())
      return true
    }
    const received = receivedRequest(request)
    forgetPeerName(request.socket)
    // Before HTTP/1.1 the header means nothing (RFC 9110, section 7.8).
    const asks = request.httpVersion >= '1.1' && asksForWebSocket(received)
    const hasRoutes = this.#listensFor('request')
    const answersPlain =
      !asks && this.#bindings.all.some(({ endpoint }) => endpoint.options.answersPlain)
    for (const binding of this.#bindings.all) {
      if (answersPlain || (!asks && !isOwnPath(binding, hasRoutes))) continue
      if (binding.upgrade(received, socket, head)) return true
    }
    // Who else listens for upgrades would have been given it without us, too.
    if (!asks && (hasRoutes || answersPlain) && this.#server.listenerCount('upgrade') === 1) {
      serveAsRequest(this.#server, request, socket, head)
      return true
    }
    // Node has taken its own listener off, and those who take only their own paths add none to the others:
    // an error that nobody listens for would end the process.
    socket.on('error', () => socket.destroy())
    return false
  }

  /** A request over HTTP/2, of which there are many on one connection. */
  #takeStream([stream, , , rawHeaders]: readonly unknown[]): boolean {
    if (!(isHttp2Stream(stream) && Array.isArray(rawHeaders))) return false
    const request = requestOfStream(stream, rawHeaders)
    const asks = request.connectProtocol?.toLowerCase() === 'websocket'
    const hasRoutes = this.#listensFor('request') || this.#listensFor('stream')
    for (const binding of this.#bindings.all) {
      if (
        asks
          ? binding.connect(request, stream)
          : isOwnPath(binding, hasRoutes) && binding.answerStream(request, stream)
      )
        return true
    }
    // A browser does not fall back to HTTP/1.1, so that none may be left to nobody.
    if (asks ? this.#listensFor('connect') : hasRoutes) return false
    const [first] = this.endpoints
    if (first !== undefined) refuseStream(stream, NOT_FOUND, (end) => first.linger(end))
    return true
  }

  #takeRequest([request, response]: readonly unknown[], awaitsContinue: boolean): boolean {
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) return false
    if (this.#refused.has(request.socket)) return true
    const hasRoutes = this.#listensFor('request')
    let received: ReceivedRequest | undefined
    for (const binding of this.#bindings.all) {
      if (!isOwnPath(binding, hasRoutes)) continue
      received ??= receivedRequest(request)
      const answer = binding.answer(received, request, response, awaitsContinue)
      if (answer === undefined) continue
      if (answer === 'refused') this.#refused.add(request.socket)
      return true
    }
    if (hasRoutes) return false
    refuseRequest(response, NOT_FOUND)
    this.#refused.add(request.socket)
    return true
  }
}

/** Whether a plain request may be for an endpoint. One that takes every path leaves a server its pages. */
function isOwnPath({ options: { path } }: EndpointBinding, hasRoutes: boolean): boolean {
  return path !== undefined || !hasRoutes
}

/** Whether a response is written, and Node has let go of the socket, which it does a moment later. */
function hasLetGo({ writableFinished, socket }: ServerResponse): boolean {
  return writableFinished && socket === null
}
