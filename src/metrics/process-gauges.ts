import type { Registry } from "./registry.js"

/** Adds the usual metrics of a process, under the names that other clients of Prometheus give them. */
export function addProcessMetrics(registry: Registry): void {
  const cpu = registry.counter({
    name: "process_cpu_seconds_total",
    help: "User and system CPU time that the process has used.",
  })
  const memory = registry.gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
  })
  const heap = registry.gauge({
    name: "process_heap_bytes",
    help: "Size of the JavaScript heap.",
  })
  const started = registry.gauge({
    name: "process_start_time_seconds",
    help: "Start of the process, in Unix time.",
  })
  const busy = registry.gauge({
    name: "nodejs_eventloop_utilization",
    help: "Share of the time since the start of the process during which its event loop was busy.",
  })
  started.series().value = performance.timeOrigin / 1000
  registry.onCollect(async () => {
    const { user, system } = process.cpuUsage()
    const { rss, heapTotal } = process.memoryUsage()
    cpu.series().value = (user + system) / 1e6
    memory.series().value = rss
    heap.series().value = heapTotal
    busy.series().value = performance.eventLoopUtilization().utilization
  })
}
