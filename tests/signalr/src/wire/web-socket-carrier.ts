import { WebSocket } from 'ws'
import { type Address, type Carrier, type CarrierListener, refusal } from './carrier.ts'

/** Opens a WebSocket. */
export function openWebSocket(
  { origin, target, headers }: Address,
  listener: CarrierListener,
): Promise<Carrier | string> {
  return new Promise((resolve) => {
    const url = origin.replace('http', 'ws') + target
    const socket = new WebSocket(url, { headers, perMessageDeflate: false })
    let broken = ''
    socket.on('message', (data, isBinary) => listener.message(data as Buffer, isBinary))
    socket.on('error', (error) => {
      broken ||= error.message
    })
    socket.on('close', (code, reason) => {
      const how = code === 1006 ? 'cut' : `end ${code}`
      const text = reason.toString()
      const parts = [how, text && JSON.stringify(text), broken && `(${broken})`]
      listener.ended(parts.filter(Boolean).join(' '))
    })
    socket.once('open', () => resolve(carrierOf(socket)))
    socket.once('error', (error) => resolve(`failed: ${error.message}`))
    socket.once('unexpected-response', (request, response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => {
        request.destroy()
        resolve(refusal(response.statusCode, response.headers['content-type'], body))
      })
    })
  })
}

function carrierOf(socket: WebSocket): Carrier {
  return {
    send(data, isFinal) {
      socket.send(data, { fin: isFinal }, () => {
        // Whether it left does not matter: what the server says to it does.
      })
    },
    close: (code, reason) => (code === undefined ? socket.close() : socket.close(code, reason)),
    cut: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  }
}
