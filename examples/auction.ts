// A session that is worth a test: see auction.test.ts.
import type { Clock, HandlerSession } from '@wirebeat/core'

/** Sells one thing to the highest bidder, once nobody has said more for some time. */
export function auction(clock: Clock, patience: number): HandlerSession {
  let highest = 0
  let cancel = (): void => {}
  return {
    message(connection, message) {
      const bid = Number(message)
      if (!(bid > highest)) return void connection.send(`More than ${highest}, please.`)
      highest = bid
      cancel()
      cancel = clock.schedule(() => connection.close(4000, `Sold for ${bid}.`), patience)
      connection.send(`Going for ${bid}.`)
    },
  }
}
