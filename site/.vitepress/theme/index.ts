import DefaultTheme from "vitepress/theme"
import { h } from "vue"
import dark from "../../../docs/images/chat-dark.webp"
import light from "../../../docs/images/chat-light.webp"
import "./colours.css"

const alt = "The chat page: a chat, and next to it each update on its way"

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "home-hero-image": () => [
        h("img", { class: "VPImage image-src light-only", src: light, alt }),
        h("img", { class: "VPImage image-src dark-only", src: dark, alt }),
      ],
    }),
}
