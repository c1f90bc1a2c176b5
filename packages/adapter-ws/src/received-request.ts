import type { IncomingMessage } from 'node:http'
import { HeaderFields, type ReceivedRequest } from '@wirebeat/core/adapter'
import { clientCertificate } from './client-certificate.ts'
import { peerAddress } from './peer-address.ts'

/** Reads a request over HTTP/1.1. */
export function receivedRequest(request: IncomingMessage): ReceivedRequest {
  const { rawHeaders, socket } = request
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    headers: new HeaderFields(rawHeaders),
    remoteAddress: peerAddress(socket),
    secure: 'encrypted' in socket && socket.encrypted === true,
    clientCertificate: clientCertificate(socket),
  }
}
