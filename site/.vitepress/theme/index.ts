import type { EnhanceAppContext } from "vitepress"
import DefaultTheme from "vitepress/theme"
import { h } from "vue"
import dark from "../../../docs/images/chat-dark.webp"
import light from "../../../docs/images/chat-light.webp"
import "./colours.css"
import { MermaidDiagram } from "./mermaid-diagram.ts"

const alt = "The chat page: a chat, and next to it each update on its way"

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }: EnhanceAppContext) => void app.component("MermaidDiagram", MermaidDiagram),
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "home-hero-image": () => [
        h("img", { class: "VPImage image-src light-only", src: light, alt }),
        h("img", { class: "VPImage image-src dark-only", src: dark, alt }),
      ],
    }),
}
