import type { Server } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { Server as SecureServer } from 'node:https'

/** A server of Node that can carry endpoints. */
export type NodeServer = Server | SecureServer | Http2Server | Http2SecureServer
