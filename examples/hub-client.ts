// A typed call from Node: the official client, with the names and types of the hub.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import type { HubClient } from '@wirebeat/hub'
import type { chat } from './chat-hub.ts'

const { URL: url = 'http://localhost:5000/chat', TOKEN: token = 'token-of-ada' } = process.env

const client: HubClient<typeof chat> = new HubConnectionBuilder()
  .withUrl(url, { accessTokenFactory: () => token })
  .withAutomaticReconnect()
  .configureLogging(LogLevel.Warning)
  .build()

client.on('said', (room, name, text) => console.log(`${room}: ${name} ${text}`))
client.on('confirm', async () => true)

await client.start()
await client.invoke('join', 'hall')
await client.invoke('say', 'hall', 'says hello')
await client.invoke('say', 'hall', ' ').catch((error: Error) => console.log(error.message))
await new Promise<void>((resolve, reject) =>
  client.stream('countdown', 2).subscribe({
    next: (left) => console.log(left),
    complete: resolve,
    error: reject,
  }),
)
console.log(`left: ${await client.invoke('leave', 'hall')}`)
await client.stop()
