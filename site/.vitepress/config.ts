import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig, type DefaultTheme } from "vitepress"
import { benchmarkPlots } from "./benchmark-plots.ts"
import { indexForModels } from "./index-for-models.ts"
import { mermaidDiagrams } from "./mermaid-diagrams.ts"
import { pageOf } from "./page-of.ts"
import { examplesSidebar, guidesSidebar } from "./sidebar.ts"
import { sourceLinks } from "./source-links.ts"
import { vueOfSite } from "./vue-of-site.ts"
import { wholeExamples } from "./whole-examples.ts"

/** The repository. */
const root = fileURLToPath(new URL("../..", import.meta.url))

/** A wave that comes back: the sign of a sounder. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#2a78bf" stroke-width="3" stroke-linecap="round"><circle cx="16" cy="26" r="2" fill="#2a78bf"/><path d="M10 20a8.5 8.5 0 0 1 12 0M6 15a14 14 0 0 1 20 0M2 10a20 20 0 0 1 28 0"/></svg>`

export default defineConfig({
  title: "Sounder",
  description: "Your Telegram bot stops losing updates. Under grammY and Telegraf, or alone.",
  lang: "en",
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: root,
  srcExclude: excluded(),
  outDir: `${root}/site/dist`,
  cacheDir: `${root}/site/.vitepress/cache`,
  cleanUrls: true,
  rewrites: (path) => pageOf(path) ?? path,
  markdown: {
    config: (renderer) => {
      sourceLinks(root)(renderer)
      mermaidDiagrams(renderer)
    },
    anchor: { slugify: slugOf },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    languageAlias: { rooms: "ini", floors: "ini", haproxy: "nginx" },
  },
  // The home page of the theme has no main landmark.
  transformHtml: (html) => html.replace('class="VPContent is-home"', '$& role="main"'),
  buildEnd: indexForModels(root),
  vite: {
    plugins: [vueOfSite(root), wholeExamples(root), benchmarkPlots(root)],
    // Only browsers draw diagrams.
    ssr: { external: ["mermaid"] },
    build: { chunkSizeWarningLimit: 4_000 },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Guides", link: "/guides/" },
      { text: "Examples", link: "/examples/" },
      { text: "Errors", link: "/errors" },
      { text: "Reference", link: "/reference/" },
    ],
    sidebar: {
      "/reference/": referenceSidebar(),
      "/examples/": examplesSidebar(root),
      "/": guidesSidebar(root),
    },
  },
})

/** Returns the anchor of a heading as GitHub makes it, because the links of the guides are right there. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-")
}

/** Returns the navigation of the reference: the paths that a program can import. */
function referenceSidebar(): DefaultTheme.SidebarItem[] {
  const links = readFileSync(`${root}/site/reference/index.md`, "utf8").matchAll(
    /^- \[([^\]]+)\]\(([^)]+)\)$/gm,
  )
  const items = [...links].map(([, text, path = ""]) => ({
    text,
    link: `/reference/${path.replace(/(index)?\.md$/, "")}`,
  }))
  return [{ text: "Reference", items }]
}

/** Returns the globs of the Markdown files that are no pages. */
function excluded(): string[] {
  const pages = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs",
    "examples",
    "simulator",
    "site",
  ]
  const others = readdirSync(root).filter((name) => !pages.includes(name))
  return [
    "**/node_modules/**",
    ...others.map((name) => (name.endsWith(".md") ? name : `${name}/**`)),
  ]
}
