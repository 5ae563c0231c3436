/** Indented JSON; a shortened text, which is not valid JSON, is shown unchanged. */
export function JsonView({ json, label }: { readonly json: string; readonly label: string }) {
  return (
    <pre class="json" tabIndex={0} role="group" aria-label={label}>
      {pretty(json)}
    </pre>
  )
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2)
  } catch {
    return `${json} …`
  }
}
