import type { DeadLetter, QueueStatus, WaitingCall } from "../../queue-administration.js"
import { maxDepth, type UpdateReference } from "../../update-queue.js"
import type { PostgresQueue } from "../postgres-queue.js"

/** Returns the sum of the numbers of all shards. Rejects if one of them does not answer. */
export async function statusOfAll(queues: readonly PostgresQueue[]): Promise<QueueStatus> {
  const all = await Promise.all(queues.map((queue) => queue.status()))
  const sum = (name: "waiting" | "running" | "setAside" | "timers" | "outbox" | "values") =>
    all.reduce((total, status) => total + status[name], 0)
  const puts = all.flatMap(({ oldestPutAt }) => oldestPutAt ?? [])
  const [oldest] = puts.toSorted((one, other) => +one - +other)
  const open = all.flatMap(({ openTransaction }) => openTransaction ?? [])
  const [openTransaction] = open.toSorted((one, other) => +one.beganAt - +other.beganAt)
  return {
    waiting: sum("waiting"),
    running: sum("running"),
    setAside: sum("setAside"),
    timers: sum("timers"),
    outbox: sum("outbox"),
    values: sum("values"),
    ...(oldest && { oldestPutAt: oldest }),
    ...(openTransaction && { openTransaction }),
  }
}

/** Returns the depth of each bot, over all shards. */
export async function depthsOfAll(
  queues: readonly PostgresQueue[],
  botIds: readonly number[],
): Promise<number[]> {
  const all = await Promise.all(queues.map((queue) => queue.records.depths(botIds)))
  return botIds.map((_, index) =>
    Math.min(
      all.reduce((sum, depths) => sum + (depths[index] ?? 0), 0),
      maxDepth,
    ),
  )
}

/** Returns the oldest dead letters of all shards. */
export async function setAsideOfAll(
  queues: readonly PostgresQueue[],
  limit: number,
): Promise<DeadLetter[]> {
  const all = await Promise.all(queues.map((queue) => queue.setAside({ limit })))
  return all
    .flat()
    .toSorted((one, other) => +one.setAsideAt - +other.setAsideAt)
    .slice(0, limit)
}

/** Returns the oldest promised calls of all shards. */
export async function outboxOfAll(
  queues: readonly PostgresQueue[],
  limit: number,
): Promise<WaitingCall[]> {
  const all = await Promise.all(queues.map((queue) => queue.outbox({ limit })))
  return all
    .flat()
    .toSorted((one, other) => +one.putAt - +other.putAt)
    .slice(0, limit)
}

/** Calls a method that one shard at most carries out. Rejects if no shard did and one of them has failed. */
export async function onTheShardOf(
  queues: readonly PostgresQueue[],
  method: "replay" | "drop",
  reference: UpdateReference,
): Promise<boolean> {
  const answers = await Promise.allSettled(queues.map((queue) => queue[method](reference)))
  if (answers.some((answer) => answer.status === "fulfilled" && answer.value)) return true
  const failed = answers.find(({ status }) => status === "rejected")
  if (failed?.status === "rejected") throw failed.reason
  return false
}
