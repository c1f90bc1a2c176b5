// The client of ws, through the events that are its own.
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { answerOneByOne } from './program.js'

await answerOneByOne(({ url, origin, protocols, idle, send, close }) => {
  const socket = new WebSocket(url, protocols, { origin })
  const messages = []
  let hasOpened = false
  const closeWhenAnswered = () => {
    if (close && messages.length === send.length) socket.close(close.code, close.reason)
  }
  socket.on('open', async () => {
    hasOpened = true
    await sleep(idle)
    for (const { text, base64 } of send) socket.send(text ?? Buffer.from(base64, 'base64'))
    closeWhenAnswered()
  })
  socket.on('message', (data, isBinary) => {
    messages.push(isBinary ? { base64: data.toString('base64') } : { text: data.toString() })
    closeWhenAnswered()
  })
  // Without a listener it would end the program; `close` follows.
  socket.on('error', () => {})
  return new Promise((resolve) => {
    socket.on('close', (code, reason) => {
      const { protocol } = socket
      resolve(
        hasOpened
          ? { opened: true, protocol, messages, close: { code, reason: reason.toString() } }
          : { opened: false },
      )
    })
  })
})
