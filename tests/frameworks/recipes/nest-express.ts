// Nest on Express: the endpoint is a provider, and is attached before the application listens.
import 'reflect-metadata'
import { type BeforeApplicationShutdown, Controller, Get, Injectable, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'

@Controller()
class Pages {
  @Get()
  page(): string {
    return 'A page over HTTP.'
  }
}

@Injectable()
class Sockets implements BeforeApplicationShutdown {
  readonly endpoint = createEndpoint({
    path: '/ws',
    allowedOrigins: 'same-origin',
    session: echo(),
  })

  // Before the server closes: it would wait for the open connections.
  async beforeApplicationShutdown(): Promise<void> {
    await this.endpoint.close()
  }
}

@Module({ controllers: [Pages], providers: [Sockets] })
class Application {}

const app = await NestFactory.create(Application, { logger: ['error', 'warn'] })
// SIGTERM ends the application, and that the endpoint.
app.enableShutdownHooks()
attach(app.getHttpServer(), app.get(Sockets).endpoint)
await app.listen(Number(process.env.PORT ?? 5000), 'localhost')
console.log('Listening on', app.getHttpServer().address())
