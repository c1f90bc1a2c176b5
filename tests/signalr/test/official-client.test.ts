import type { HubConnection, IHttpConnectionOptions } from '@microsoft/signalr'
import { adapters } from '@wirebeat/test-support'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Started, startReferenceHub } from '../src/reference/reference-hub.ts'
import { wireTo } from '../src/wire/cuttable-wire.ts'
import {
  HttpTransportType,
  HubConnectionBuilder,
  HubConnectionState,
  JsonHubProtocol,
  LogLevel,
  MessagePackHubProtocol,
  Subject,
} from './installed-client.ts'

const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType
const KINDS = adapters.flatMap((adapter) => [
  { adapter, encoding: 'json', transport: WebSockets, name: 'WebSockets' },
  { adapter, encoding: 'messagepack', transport: WebSockets, name: 'WebSockets' },
  { adapter, encoding: 'json', transport: ServerSentEvents, name: 'ServerSentEvents' },
  { adapter, encoding: 'json', transport: LongPolling, name: 'LongPolling' },
  { adapter, encoding: 'messagepack', transport: LongPolling, name: 'LongPolling' },
])

describe.each(KINDS)(
  'the official client, by $name in $encoding, with adapter-$adapter.name',
  ({ adapter, encoding, transport, name }) => {
    let server: Started
    const open: HubConnection[] = []

    beforeAll(async () => {
      server = await startReferenceHub(adapter)
    })
    afterEach(async () => {
      await Promise.all(open.splice(0).map((client) => client.stop()))
    })
    afterAll(() => server.stop())

    function build(url: string, options: IHttpConnectionOptions = {}) {
      return new HubConnectionBuilder()
        .withUrl(url, { transport, ...options })
        .withHubProtocol(encoding === 'json' ? new JsonHubProtocol() : new MessagePackHubProtocol())
        .configureLogging(LogLevel.None)
    }

    async function start(
      path = '/hub',
      options?: IHttpConnectionOptions,
      prepare?: (client: HubConnection) => void,
    ): Promise<HubConnection> {
      const client = build(server.origin + path, options).build()
      open.push(client)
      prepare?.(client)
      await client.start()
      return client
    }

    test('connects as it was told to', async () => {
      const client = await start()
      expect(await client.invoke('Transport')).toBe(name)
      expect(await client.invoke('ConnectionId')).toBe(client.connectionId)
    })

    test.each([
      ['Sum', [1, 2], 3],
      ['Nothing', [], null],
      ['Echo', [{ a: [1, 'é😀', null, { b: true }] }], { a: [1, 'é😀', null, { b: true }] }],
      ['EchoMany', [1, 'b', null], [1, 'b', null]],
      ['Big', [100_000], 'x'.repeat(100_000)],
      ['Delay', [50, 'tag'], 'tag'],
      ['UserId', [], null],
    ])('invokes %s', async (method, args, result) => {
      expect(await (await start()).invoke(method, ...args)).toEqual(result)
    })

    test('sends and is sent bytes', async () => {
      const client = await start()
      const bytes = encoding === 'json' ? 'AQID' : Uint8Array.of(1, 2, 3)
      const back = await client.invoke('Bytes', bytes)
      expect(encoding === 'json' ? back : [...back]).toEqual(
        encoding === 'json' ? 'AwIB' : [3, 2, 1],
      )
    })

    test('invokes methods at the same time, which run in their order', async () => {
      const client = await start()
      const key = crypto.randomUUID()
      await Promise.all([1, 2, 3].map((i) => client.invoke('Append', key, i)))
      for (const i of [4, 5, 6]) await client.send('Append', key, i)
      expect(await client.invoke('Recorded', key)).toEqual([1, 2, 3, 4, 5, 6])
    })

    test.each([
      ['Fail', ['secret'], "An unexpected error occurred invoking 'Fail' on the server."],
      [
        'FailHub',
        ['told'],
        "An unexpected error occurred invoking 'FailHub' on the server. HubException: told",
      ],
      [
        'Nobody',
        [],
        "Failed to invoke 'Nobody' due to an error on the server. HubException: Method does not exist.",
      ],
      ['Sum', ['1', 2], "Failed to invoke 'Sum' due to an error on the server."],
      [
        'Count',
        [1, 0],
        "The client attempted to invoke the streaming 'Count' method with a non-streaming invocation.",
      ],
    ])('is told why %s(%j) fails', async (method, args, message) => {
      await expect((await start()).invoke(method, ...args)).rejects.toThrow(new Error(message))
    })

    test('is told the whole error where details are on', async () => {
      await expect((await start('/hub/detailed')).invoke('Fail', 'secret')).rejects.toThrow(
        "An unexpected error occurred invoking 'Fail' on the server. InvalidOperationException: secret",
      )
    })

    test('takes a stream', async () => {
      expect(await itemsOf(await start(), 'Count', 5, 0)).toEqual([0, 1, 2, 3, 4])
    })

    test('is told why a stream fails, after its items', async () => {
      const client = await start()
      await expect(itemsOf(client, 'CountThenFail', 2, 'no')).rejects.toMatchObject({
        items: [0, 1],
        message: 'An error occurred on the server while streaming results. HubException: no',
      })
    })

    test('cancels a stream', async () => {
      const client = await start()
      const key = crypto.randomUUID()
      await new Promise<void>((resolve) => {
        const subscription = client.stream('Forever', 5, key).subscribe({
          next(item) {
            if (item !== 3) return
            subscription.dispose()
            resolve()
          },
          error() {},
          complete() {},
        })
      })
      await expect.poll(() => client.invoke('Ended', key)).toBe(true)
    })

    // Of two streams in a row, this client sends the second as an argument.
    test('sends a stream behind an argument', async () => {
      const client = await start()
      const texts = new Subject<string>()
      const result = client.invoke('UploadConcat', 'x', texts)
      for (const text of ['a', 'b']) texts.next(text)
      texts.complete()
      expect(await result).toBe('xab')
    })

    test('sends a stream and takes one', async () => {
      const client = await start()
      const sent = new Subject<unknown>()
      const items = itemsOf(client, 'EchoStream', sent)
      sent.next(1)
      sent.next({ a: 'b' })
      sent.complete()
      expect(await items).toEqual([1, { a: 'b' }])
    })

    test('fails a stream that it sends', async () => {
      const client = await start()
      const numbers = new Subject<number>()
      const result = client.invoke('UploadSum', numbers)
      numbers.next(1)
      numbers.error(new Error('mine'))
      await expect(result).rejects.toThrow(
        "An unexpected error occurred invoking 'UploadSum' on the server.",
      )
    })

    test('is called, in the order of the calls', async () => {
      const ticks: number[] = []
      const client = await start('/hub', {}, (it) => it.on('Tick', (i: number) => ticks.push(i)))
      expect(await client.invoke('Burst', 20)).toBe(20)
      expect(ticks).toEqual(Array.from({ length: 20 }, (_, i) => i))
    })

    test('is asked, and answers', async () => {
      const client = await start('/hub', {}, (it) =>
        it.on('Ask', async (question: string) => `${question} me`),
      )
      expect(await client.invoke('AskCaller', 'who?')).toBe('who? me')
    })

    test('is asked, and cannot answer', async () => {
      const client = await start('/hub', {}, (it) =>
        it.on('Ask', async (): Promise<string> => {
          throw new Error('not now')
        }),
      )
      await expect(client.invoke('AskCaller', 'who?')).rejects.toThrow('HubException: ')
      await expect((await start()).invoke('AskCaller', 'who?')).rejects.toThrow(
        "HubException: Client didn't provide a result.",
      )
    })

    test('hears what its groups, its user and its connection are told', async () => {
      const key = crypto.randomUUID()
      const heard: string[] = []
      const ada = await start(`/hub?user=${key}`, {}, (it) =>
        it.on('Receive', (tag: string) => heard.push(tag)),
      )
      const bob = await start()
      await ada.invoke('Join', key)
      await bob.invoke('SendGroup', key, 'group')
      await bob.invoke('SendUser', key, 'user')
      await bob.invoke('SendTo', ada.connectionId, 'connection')
      await bob.invoke('SendGroupExcept', key, [ada.connectionId], 'nobody')
      await ada.invoke('Leave', key)
      await bob.invoke('SendGroup', key, 'nobody')
      await bob.invoke('Broadcast', 'all')
      await expect.poll(() => heard).toEqual(['group', 'user', 'connection', 'all'])
    })

    test('sends its token in a header', async () => {
      const client = await start('/hub/auth', { accessTokenFactory: () => 'probe.ada' })
      expect(await client.invoke('UserId')).toBe('ada')
    })

    test('sends its token in the query', async () => {
      const client = await start('/hub/auth?access_token=probe.ada')
      expect(await client.invoke('UserId')).toBe('ada')
    })

    test('is refused without a token', async () => {
      await expect(start('/hub/auth')).rejects.toThrow("Status code '401'")
    })

    test('follows a redirect with the token that it is given', async () => {
      expect(await (await start('/redirect')).invoke('UserId')).toBe('redirected')
    })

    test('is closed by the server', async () => {
      const client = await start()
      const closed = new Promise((resolve) => client.onclose((error) => resolve(error)))
      await client.send('Abort')
      expect(await closed).toBeUndefined()
    })

    test('is told that it is denied', async () => {
      const denied = new Promise<Error | undefined>((resolve, reject) => {
        start('/hub/denied', {}, (client) => client.onclose(resolve)).catch(reject)
      })
      const error = await denied.catch((reason: unknown) => reason)
      expect(`${error}`).toContain('Connection closed with an error. HubException: denied')
    })

    test('leaves, of which the hub is told no error', async () => {
      const key = crypto.randomUUID()
      const client = await start(`/hub?key=${key}`)
      await client.stop()
      const watch = await start()
      await expect.poll(() => watch.invoke('Lifecycle', key)).toEqual([1, 1, null])
    })

    // It takes seconds, and is the same in both encodings.
    test.runIf(encoding === 'json')(
      'is kept alive by its pings, and by those of the server',
      async () => {
        const client = build(`${server.origin}/hub/quick`)
          .withKeepAliveInterval(1_000)
          .withServerTimeout(3_500)
          .build()
        open.push(client)
        await client.start()
        await new Promise((resolve) => setTimeout(resolve, 4_000))
        expect(client.state).toBe(HubConnectionState.Connected)
        expect(await client.invoke('Sum', 1, 2)).toBe(3)
      },
    )

    test('connects again by itself when the wire is cut', async () => {
      const wire = await wireTo(server.origin)
      onTestFinished(() => wire.close())
      const key = crypto.randomUUID()
      const client = build(`${wire.origin}/hub?key=${key}`)
        .withAutomaticReconnect([0, 50, 200, 1_000, 2_000])
        .build()
      open.push(client)
      await client.start()
      const before = client.connectionId
      const back = new Promise((resolve) => client.onreconnected(resolve))
      wire.cut()
      // A poll that fails is known at once, an answer that is awaited after a while.
      expect(await back).not.toBe(before)
      expect(await client.invoke('Sum', 1, 2)).toBe(3)
      expect(await client.invoke('ConnectionId')).toBe(client.connectionId)
    })
  },
)

/** The items of a stream. Where it fails, they stand in the error. */
function itemsOf(client: HubConnection, method: string, ...args: unknown[]): Promise<unknown[]> {
  const items: unknown[] = []
  return new Promise((resolve, reject) => {
    client.stream(method, ...args).subscribe({
      next: (item) => void items.push(item),
      error: (error: Error) => reject(Object.assign(error, { items })),
      complete: () => resolve(items),
    })
  })
}
