import { type Address, type Carrier, type CarrierListener, refusal } from './carrier.ts'
import { Posts } from './posts.ts'
import { RawRequest } from './raw-request.ts'

/** What ends an event. */
const BLANK = '\r\n\r\n'
/** Milliseconds: longer than any conversation. */
const FOREVER = 600_000

/** Opens Server-Sent Events. */
export async function openEvents(
  address: Address,
  listener: CarrierListener,
): Promise<Carrier | string> {
  const { origin, target, headers } = address
  const accept = { ...headers, accept: 'text/event-stream' }
  const request = new RawRequest(origin, 'GET', target, accept, '')
  const head = await request.head()
  if (head === undefined) return 'failed: no answer'
  if (head.status !== 200) {
    const answer = await request.answer()
    return refusal(head.status, head.headers['content-type'], `${answer?.body ?? ''}`)
  }
  const posts = new Posts(address, listener)
  void read(request, listener).then(() => posts.end())
  const leave = () => {
    posts.end()
    request.abandon()
  }
  return {
    send: (data) => posts.send(data),
    close: leave,
    cut: leave,
    pause: () => request.pause(),
    resume: () => request.resume(),
  }
}

async function read(request: RawRequest, listener: CarrierListener): Promise<void> {
  while (true) {
    const event = (await request.part(BLANK, FOREVER)).toString()
    if (event.endsWith(BLANK)) tell(event, listener)
    else {
      const isWhole = (await request.answer(0)) !== undefined
      const rest = event === '' ? '' : ` within ${JSON.stringify(event)}`
      listener.ended(`${isWhole ? 'end of events' : 'cut'}${rest}`)
      return
    }
  }
}

function tell(event: string, listener: CarrierListener): void {
  const data: string[] = []
  for (const line of event.split('\r\n')) {
    if (line.startsWith('data: ')) data.push(line.slice('data: '.length))
    // The last are empty, and a comment says nothing.
    else if (line !== '' && !line.startsWith(':')) listener.note(`line: ${line}`)
  }
  if (data.length > 0) listener.message(Buffer.from(data.join('\n')), false)
}
