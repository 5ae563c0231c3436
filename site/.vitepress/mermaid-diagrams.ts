import type { MarkdownRenderer } from "vitepress"

/** Shows the programs in Mermaid's language as the component `MermaidDiagram`. */
export function mermaidDiagrams(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index]
    if (token?.info.trim() !== "mermaid") return fence?.(tokens, index, ...rest) ?? ""
    return `<MermaidDiagram source="${encodeURIComponent(token.content)}" />`
  }
}
