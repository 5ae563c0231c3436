/**
 * The names of OpenTelemetry's semantic conventions, for messaging and for calls, as far as they
 * are used here, and Sounder's own beside them.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { BotCall, UpdateEvent } from "../events/index.js"

/** What is done with a message: it is taken from Telegram, or handled. */
export type MessagingOperation = "receive" | "process"

/** What a span says of an update: nothing of what is in it. */
export function updateAttributes(
  operation: MessagingOperation,
  { botId, update, type }: UpdateEvent,
): Attributes {
  return {
    "messaging.system": "telegram",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": String(botId),
    "messaging.message.id": String(update.update_id),
    "sounder.update.type": type ?? "unknown",
  }
}

/** What a span says of a call: nothing of its parameters, and no URL, because that has the token. */
export function callAttributes({ botId, method, apiRoot }: BotCall): Attributes {
  const { hostname, port } = new URL(apiRoot)
  return {
    "rpc.system": "telegram",
    "rpc.service": "BotApi",
    "rpc.method": method,
    "server.address": hostname,
    ...(port !== "" && { "server.port": Number(port) }),
    "sounder.bot.id": botId,
  }
}
