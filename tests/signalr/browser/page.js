// The official client in a page: its own build for browsers, with scripts of plain tags, as pages have it.
// `play(name, setting)` plays one of these scenarios, and returns what came of it. `callThrough(url)` says by which
// transport it came to a hub.

const { signalR } = globalThis

function build({ url, transport, encoding }, options = {}) {
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(url, { transport: signalR.HttpTransportType[transport], ...options })
    .configureLogging(signalR.LogLevel.None)
  return encoding === 'json'
    ? builder
    : builder.withHubProtocol(new signalR.protocols.msgpack.MessagePackHubProtocol())
}

async function started(setting, options, prepare = () => {}) {
  const client = build(setting, options).build()
  prepare(client)
  await client.start()
  return client
}

/** A client of the hub at a path. */
const at = (setting, path) => ({ ...setting, url: new URL(path, setting.url).href })

const failure = (promise) =>
  promise.then(
    () => 'no error',
    ({ message }) => message,
  )

function items(client, method, ...args) {
  const found = []
  return new Promise((resolve) => {
    client.stream(method, ...args).subscribe({
      next: (item) => found.push(item),
      error: ({ message }) => resolve([...found, message]),
      complete: () => resolve(found),
    })
  })
}

async function until(ask, wanted) {
  while ((await ask()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 20))
  return wanted
}

const scenarios = {
  async calls(client) {
    const key = crypto.randomUUID()
    await Promise.all([1, 2, 3].map((i) => client.invoke('Append', key, i)))
    await client.send('Append', key, 4)
    return [
      await client.invoke('Transport'),
      await client.invoke('Sum', 1, 2),
      await client.invoke('Nothing'),
      await client.invoke('Echo', { a: [1, 'é😀', null, true] }),
      (await client.invoke('Big', 100_000)).length,
      await client.invoke('Recorded', key),
      (await client.invoke('ConnectionId')) === client.connectionId,
    ]
  },

  async bytes(client, { encoding }) {
    const sent = encoding === 'json' ? 'AQID' : Uint8Array.of(1, 2, 3)
    const back = await client.invoke('Bytes', sent)
    return typeof back === 'string' ? back : [...back]
  },

  async errors(client) {
    return [
      await failure(client.invoke('Fail', 'secret')),
      await failure(client.invoke('FailHub', 'told')),
      await failure(client.invoke('Nobody')),
      await failure(client.invoke('Sum', '1', 2)),
      await failure(client.invoke('Count', 1, 0)),
    ]
  },

  async streams(client) {
    const key = crypto.randomUUID()
    const cancelled = await new Promise((resolve) => {
      const subscription = client.stream('Forever', 5, key).subscribe({
        next(item) {
          if (item !== 3) return
          subscription.dispose()
          resolve(item)
        },
        error() {},
        complete() {},
      })
    })
    return [
      await items(client, 'Count', 3, 0),
      await items(client, 'CountThenFail', 2, 'no'),
      cancelled,
      await until(() => client.invoke('Ended', key), true),
    ]
  },

  async uploads(client) {
    const texts = new signalR.Subject()
    const text = client.invoke('UploadConcat', 'x', texts)
    for (const one of ['a', 'b']) texts.next(one)
    texts.complete()
    const both = new signalR.Subject()
    const echoed = items(client, 'EchoStream', both)
    both.next({ a: 1 })
    both.complete()
    const failing = new signalR.Subject()
    const failed = failure(client.invoke('UploadSum', failing))
    failing.error(new Error('mine'))
    return [await text, await echoed, await failed]
  },

  async told(_, setting) {
    const key = crypto.randomUUID()
    const heard = []
    const ticks = []
    const ada = await started(at(setting, `/hub?user=${key}`), {}, (it) => {
      it.on('Receive', (tag) => heard.push(tag))
      it.on('Tick', (i) => ticks.push(i))
    })
    const bob = await started(setting)
    await ada.invoke('Join', key)
    await bob.invoke('SendGroup', key, 'group')
    await bob.invoke('SendUser', key, 'user')
    await bob.invoke('SendTo', ada.connectionId, 'connection')
    await ada.invoke('Burst', 3)
    await until(async () => heard.length, 3)
    await Promise.all([ada.stop(), bob.stop()])
    return [heard, ticks]
  },

  async asked(_, setting) {
    const answering = await started(setting, {}, (it) => it.on('Ask', async (what) => `${what} me`))
    const answer = await answering.invoke('AskCaller', 'who?')
    await answering.stop()
    const silent = await started(setting)
    const failed = await failure(silent.invoke('AskCaller', 'who?'))
    await silent.stop()
    return [answer, failed]
  },

  async tokens(_, setting) {
    const auth = at(setting, '/hub/auth')
    const ada = await started(auth, { accessTokenFactory: () => 'probe.ada' })
    const redirected = await started(at(setting, '/redirect'))
    const users = [await ada.invoke('UserId'), await redirected.invoke('UserId')]
    await Promise.all([ada.stop(), redirected.stop()])
    return [...users, await failure(started(auth))]
  },

  async ends(_, setting) {
    const key = crypto.randomUUID()
    const leaving = await started(at(setting, `/hub?key=${key}`))
    await leaving.stop()
    const watch = await started(setting)
    await until(async () => `${await watch.invoke('Lifecycle', key)}`, '1,1,')
    const closed = new Promise((resolve) => watch.onclose((error) => resolve(error ?? 'no error')))
    await watch.send('Abort')
    return closed
  },

  /** Its wire is cut when it says so. */
  async back(_, setting) {
    const client = build(setting).withAutomaticReconnect([0, 50, 200, 1_000, 2_000]).build()
    await client.start()
    const before = client.connectionId
    const back = new Promise((resolve) => client.onreconnected(resolve))
    await globalThis.cut()
    // A browser sends a poll again by itself, so that the client may have noticed nothing.
    const isPolling = setting.transport === 'LongPolling'
    const isAnother = isPolling || (await back) !== before
    await until(() => client.invoke('Sum', 1, 2).catch(() => {}), 3)
    await client.stop()
    return isAnother
  },
}

globalThis.play = async (name, setting) => {
  const client = await started(setting)
  try {
    return await scenarios[name](client, setting)
  } finally {
    await client.stop()
  }
}

/**
 * Calls with the transports that the client chooses, and then, while it cannot start, with those that are left.
 *
 * @returns how often it could not start, and the transport by which it called
 */
globalThis.callThrough = async (url) => {
  const { WebSockets, ServerSentEvents, LongPolling } = signalR.HttpTransportType
  const streamed = ServerSentEvents | LongPolling
  for (const [failures, transport] of [WebSockets | streamed, streamed, LongPolling].entries()) {
    const client = new signalR.HubConnectionBuilder()
      .withUrl(url, { transport })
      .withServerTimeout(5_000)
      .configureLogging(signalR.LogLevel.None)
      .build()
    if ((await failure(client.start())) !== 'no error') continue
    try {
      return [failures, await client.invoke('Transport')]
    } finally {
      await client.stop()
    }
  }
  return 'never'
}
