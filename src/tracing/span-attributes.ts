/**
 * The attribute names of spans: those of OpenTelemetry's semantic conventions for messaging and for calls
 * that Sounder uses, and Sounder's own.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * @module
 */
import type { Attributes } from "@opentelemetry/api"
import type { BotCall, UpdateEvent } from "../events/index.js"

/** An operation on a message: to receive it from Telegram, or to process it. */
export type MessagingOperation = "receive" | "process"

/** Returns the attributes of an update's span; no attribute contains content of the update. */
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

/**
 * Returns the attributes of a span of a call: neither its parameters nor its URL, which contains
 * the token.
 */
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
