import {
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from "@nestjs/common"
import { HttpAdapterHost } from "@nestjs/core"
import type { Express } from "express"
import {
  Bot,
  deriveSecretToken,
  Dispatcher,
  type UpdateQueue,
  Webhook,
  webhookListener,
} from "sounder"
import { CounterService } from "./counter.service.ts"
import { register } from "./handlers.ts"

/** The token under which Nest injects the queue of updates. */
export const QUEUE = Symbol("queue")

/** Receives updates through the web server of the application, and handles them. */
@Injectable()
export class BotService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #bot: Bot
  readonly #queue: UpdateQueue
  readonly #dispatcher: Dispatcher
  readonly #host: HttpAdapterHost

  constructor(
    @Inject(Bot) bot: Bot,
    @Inject(QUEUE) queue: UpdateQueue,
    @Inject(CounterService) counter: CounterService,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    this.#bot = bot
    this.#queue = queue
    this.#host = host
    this.#dispatcher = new Dispatcher({ bot, queue })
    register(this.#dispatcher, counter)
  }

  onApplicationBootstrap(): void {
    this.#dispatcher.start()
  }

  /** Lets the running handlers finish. Updates that wait stay in the queue. */
  async onApplicationShutdown(): Promise<void> {
    await this.#dispatcher.stop({ deadlineMs: 10_000 })
    await this.#bot[Symbol.asyncDispose]()
    await this.#queue[Symbol.asyncDispose]?.()
  }

  /** Adds the path of the webhook. To be called before `app.init`, which adds the body parsers. */
  mount(path: string): void {
    const { id: botId, token } = this.#bot
    const secretToken = deriveSecretToken(token)
    const webhook = new Webhook({ botId, queue: this.#queue, path, secretToken })
    const app = this.#host.httpAdapter.getInstance<Express>()
    app.all(path, webhookListener(webhook))
  }

  /** Registers the webhook at Telegram. */
  async registerWebhook(url: string): Promise<void> {
    const secret_token = deriveSecretToken(this.#bot.token)
    await this.#bot.setWebhook({ url, secret_token })
  }
}

/** The bot as a module of Nest; the application provides the `Bot` and the queue. */
@Module({})
export class BotModule {
  static with({ bot, queue }: { bot: Bot; queue: UpdateQueue }) {
    const values = [
      { provide: Bot, useValue: bot },
      { provide: QUEUE, useValue: queue },
    ]
    return { module: BotModule, providers: [...values, CounterService, BotService] }
  }
}
