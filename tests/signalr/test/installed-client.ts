import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import type * as Client from '@microsoft/signalr'
import type * as Protocol from '@microsoft/signalr-protocol-msgpack'

// The official client that the tests are about: that of this workspace, or that of the folder WIREBEAT_SIGNALR, where another
// version is installed. They are alike in what the tests use.

const folder = process.env['WIREBEAT_SIGNALR']
const load = createRequire(folder ? join(folder, 'package.json') : import.meta.url)

const client: typeof Client = load('@microsoft/signalr')
const protocol: typeof Protocol = load('@microsoft/signalr-protocol-msgpack')

export const {
  HttpTransportType,
  HubConnectionBuilder,
  HubConnectionState,
  JsonHubProtocol,
  LogLevel,
  Subject,
  VERSION,
} = client
export const { MessagePackHubProtocol } = protocol

if (folder) console.log(`@microsoft/signalr ${VERSION}`)
