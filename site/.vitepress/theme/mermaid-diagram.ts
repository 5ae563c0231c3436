import { useData } from "vitepress"
import { defineComponent, h, onMounted, ref, watch } from "vue"

let count = 0

/** A diagram, drawn by the browser in the colours of the page, because its text is the source of GitHub, too. */
export const MermaidDiagram = defineComponent({
  props: { source: { type: String, required: true } },
  setup({ source }) {
    const { isDark } = useData()
    const svg = ref("")
    const text = decodeURIComponent(source)

    async function draw() {
      const { default: mermaid } = await import("mermaid")
      const theme = isDark.value ? "dark" : "neutral"
      const themeVariables = { edgeLabelBackground: isDark.value ? "#17212b" : "#ffffff" }
      mermaid.initialize({ startOnLoad: false, theme, themeVariables, fontFamily: "inherit" })
      svg.value = (await mermaid.render(`diagram-${(count += 1)}`, text)).svg
    }
    onMounted(() => watch(isDark, draw, { immediate: true }))

    return () =>
      svg.value === ""
        ? h("pre", { class: "diagram" }, text)
        : h("div", { class: "diagram", role: "img", "aria-label": text, innerHTML: svg.value })
  },
})
