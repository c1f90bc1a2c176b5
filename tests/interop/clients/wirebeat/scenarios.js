// What Wirebeat's own client does on each runtime, in pages and in workers: with the web's APIs alone.

/** @typedef {typeof import('@wirebeat/client').ReconnectingWebSocket} Client */

const QUICK = { baseDelay: 10, maxDelay: 50 }

/** Each takes the class of the client and the URL of the server, and returns what it saw. */
export const scenarios = {
  /** What waited for the connection, and what is sent on it; then a clean end. */
  async talk(Client, url) {
    const socket = open(Client, url)
    const messages = []
    const heard = new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        messages.push(typeof data === 'string' ? data : [...new Uint8Array(data)])
        if (messages.length === 4) resolve()
      }
    })
    const data = Uint8Array.of(9, 1, 2, 9)
    socket.send('é')
    socket.send(new DataView(data.buffer, 1, 2))
    await event(socket, 'open')
    socket.send(data.subarray(1, 3))
    if (globalThis.SharedArrayBuffer) {
      const shared = new Uint8Array(new SharedArrayBuffer(2))
      shared.set([1, 2])
      socket.send(shared)
    } else socket.send(Uint8Array.of(1, 2).buffer)
    await heard
    const end = event(socket, 'close')
    socket.close(4001, 'done')
    const { code, reason, wasClean } = await end
    return { messages, code, reason, wasClean, cause: socket.status.cause }
  },

  /** A connection that ends without a close frame. */
  async cut(Client, url) {
    const socket = open(Client, url)
    socket.send('cut')
    await until(socket, 'waiting')
    const { cause, code } = socket.status
    socket.send('back')
    const { data } = await event(socket, 'message')
    const { losses } = socket.status
    socket.close()
    return { cause, code, losses, data }
  },

  /** An attempt that the server refuses, or that nobody answers. */
  async refused(Client, url) {
    const socket = open(Client, url, { connectTimeout: 60_000, shouldReconnect: () => false })
    await until(socket, 'closed')
    const { cause, code, httpStatus = null } = socket.status
    return { cause, code, httpStatus }
  },

  /** A server that answers a while, and then is silent. */
  async silence(Client, url) {
    const options = {
      heartbeatMessage: 'beat',
      keepAliveInterval: 300,
      shouldReconnect: () => false,
    }
    const socket = open(Client, url, options)
    while (socket.status.roundTripTime === undefined) await event(socket, 'statuschange')
    socket.send('freeze')
    await until(socket, 'closed')
    const { cause, code, losses } = socket.status
    return { cause, code, losses }
  },

  /** The server's own close codes. */
  async codes(Client, url) {
    const told = []
    for (const code of [1008, 1011, 4000]) {
      const socket = open(Client, url)
      socket.send(`close ${code}`)
      while (socket.readyState < 2 && socket.status.state !== 'waiting') {
        await event(socket, 'statuschange')
      }
      told.push([socket.status.state, socket.status.cause, socket.status.code])
      socket.close()
    }
    return told
  },

  /** A machine that has slept: its wall clock has jumped. */
  async sleep(Client, url) {
    const socket = await waiting(Client, url)
    const { now } = Date
    Date.now = () => now() + 60_000
    await until(socket, 'open')
    socket.close()
    return socket.status.losses
  },

  /** A page and a network that are back, by the events that a browser has for them. */
  async back(Client, url) {
    const opened = []
    const events = globalThis.document
      ? ['online', 'pageshow', 'resume', 'visibilitychange']
      : ['online']
    for (const type of events) {
      const socket = await waiting(Client, url)
      const target = type === 'resume' || type === 'visibilitychange' ? document : globalThis
      target.dispatchEvent(new Event(type, { bubbles: true }))
      await until(socket, 'open')
      socket.close()
      opened.push(type)
    }
    return opened
  },
}

function open(Client, url, options) {
  const socket = new Client(url, [], { ...QUICK, ...options })
  socket.binaryType = 'arraybuffer'
  return socket
}

/** A socket that has lost its connection, and waits for ten minutes. */
async function waiting(Client, url) {
  const socket = open(Client, url, { baseDelay: 600_000, maxDelay: 600_000 })
  const { random } = Math
  Math.random = () => 1
  socket.send('cut')
  await until(socket, 'waiting')
  Math.random = random
  return socket
}

function event(socket, type) {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }))
}

async function until(socket, state) {
  while (socket.status.state !== state) await event(socket, 'statuschange')
}
